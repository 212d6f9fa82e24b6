import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CpuBackend } from '../../src/backend/cpu/backend';
import { NoAdapterError } from '../../src/backend/errors';
import { WebGpuBackend } from '../../src/backend/webgpu/backend';
import { openDawn } from '../../src/backend/webgpu/node';
import type { Engine } from '../../src/engine/engine';
import type { JobEvent } from '../../src/engine/jobs';
import { fakeGpu } from '../fake-gpu';
import { clear, isSameResult, JOBS, openSmall, run } from './jobs';
import { points } from './points';

/** A call of a device that can fail: the making of a buffer, a kernel or a submission. */
type Call = 'createBuffer' | 'createComputePipelineAsync' | 'createCommandEncoder';

/** A browser asks the process of the GPU, which answers when it comes to it. */
const LATE_MS = 50;

/** Devices whose calls are counted, and one of which can fail. */
class Devices {
  count = 0;
  /** No device is to be had any more. */
  gone = false;
  #call: Call = 'createBuffer';
  #at = Infinity;
  #fault: 'lost' | 'refused' = 'lost';

  /** Starts counting calls of a kind, and lets the call `at`, from 0, lose the device or be refused. */
  begin(call: Call, fault: 'lost' | 'refused' = 'lost', at = Infinity): void {
    [this.count, this.#call, this.#fault, this.#at] = [0, call, fault, at];
  }

  /** Counts a call; loses the device if it is its turn. Returns true if it is to be refused. */
  #next(call: Call, device: GPUDevice): boolean {
    if (call !== this.#call || this.count++ !== this.#at) return false;
    if (this.#fault === 'refused') return true;
    device.destroy();
    return false;
  }

  /** Loses the device that was opened last. */
  lose: () => void = () => undefined;

  open = async (): Promise<WebGpuBackend> => {
    if (this.gone) throw new NoAdapterError('expected a WebGPU adapter, found none');
    const real = await openDawn();
    return WebGpuBackend.open(
      fakeGpu(real, {
        device: (device) => {
          let refused = false;
          this.lose = () => device.destroy();
          return {
            createBuffer: (descriptor: GPUBufferDescriptor) => {
              refused = this.#next('createBuffer', device);
              if (!refused) return device.createBuffer(descriptor);
              // An invalid buffer, as a device without room for it makes.
              device.pushErrorScope('validation');
              const invalid = device.createBuffer({ ...descriptor, size: 2 ** 48 });
              void device.popErrorScope().catch(() => undefined);
              return invalid;
            },
            popErrorScope: async () => {
              const ours = refused;
              refused = false;
              const found = await device.popErrorScope();
              // Later than the work that was submitted after it.
              if (ours) await new Promise((resolve) => setTimeout(resolve, LATE_MS));
              return ours ? { message: 'no room' } : found;
            },
            createComputePipelineAsync: async (descriptor: GPUComputePipelineDescriptor) => {
              if (this.#next('createComputePipelineAsync', device))
                throw new Error('internal compiler error');
              return device.createComputePipelineAsync(descriptor);
            },
            createCommandEncoder: () => {
              this.#next('createCommandEncoder', device);
              return device.createCommandEncoder();
            },
          };
        },
      }),
    );
  };
}

const ALL = ['aligning', 'evaluating', 'generating', 'exporting', 'training'] as const;
/** Each new software device compiles all kernels of a job again, so that `npm test` tries one job; the others run on a simulated GPU. */
const NAMES = process.env['FAULTS'] === 'all' ? ALL : ALL.slice(0, 1);
/** Even then not all of some hundred calls, because each new software device compiles all kernels of a job again. */
const MOST = 6;

describe('WebGPU', () => {
  const devices = new Devices();
  let engine: Engine;
  const expected = new Map<string, object>();
  beforeAll(async () => {
    engine = await openSmall(async (kind) => (kind === 'cpu' ? new CpuBackend() : devices.open()));
    await engine.run('start', { backend: 'webgpu' });
    for (const name of NAMES) {
      await clear(engine);
      expected.set(name, await run(engine, JOBS[name]));
    }
    await clear(engine);
  });
  afterAll(() => engine.dispose());

  /** Runs a job on which a call fails, at some points, and calls `held` with what each came to. */
  async function failEach(
    name: (typeof NAMES)[number],
    [call, fault, few]: [call: Call, fault: 'lost' | 'refused', few: number],
    held: (result: unknown, events: readonly JobEvent[], at: string) => Promise<void>,
  ): Promise<void> {
    await clear(engine);
    devices.begin(call);
    await run(engine, JOBS[name]);
    const { count } = devices;
    for (const at of points(count, few, MOST)) {
      await clear(engine);
      const events: JobEvent[] = [];
      devices.begin(call, fault, at);
      const result: unknown = await run(engine, JOBS[name], { onEvent: (event) => events.push(event) }).catch(
        (error: unknown) => error,
      );
      devices.begin(call);
      await held(result, events, `${name}, ${at} of ${count}`);
      expect({ at, tensors: await clear(engine) }).toEqual({ at, tensors: 0 });
    }
  }

  for (const name of NAMES)
    test(`a real device lost while ${name} → the job repeats on a new device, with the same result`, async () => {
      let repeated = 0;
      await failEach(name, ['createCommandEncoder', 'lost', 1], async (result, events, at) => {
        expect(isSameResult(result, expected.get(name)), at).toBe(true);
        if (JSON.stringify(events).includes('was lost; starting again')) repeated++;
        // After the last submissions the results have been read already: then the next job finds the loss.
        else expect(isSameResult(await run(engine, JOBS[name]), expected.get(name)), at).toBe(true);
      });
      expect(repeated).toBeGreaterThan(0);
    });

  test('the GPU has no room for one buffer of a job → a typed error, no leak, and the next job works', async () => {
    for (const name of NAMES)
      await failEach(name, ['createBuffer', 'refused', 1], async (result, _, at) => {
        const typed = result instanceof Error && ['OutOfMemoryError', 'BackendError'].includes(result.name);
        const held = typed || isSameResult(result, expected.get(name));
        expect({ at, result: held ? '' : String(result) }).toEqual({ at, result: '' });
        const again = await run(engine, JOBS[name]).catch(String);
        expect({ at, again: isSameResult(again, expected.get(name)) || again }).toEqual({
          at,
          again: true,
        });
      });
  });

  test('a kernel does not compile → a typed error that says what to do, and the same job works on the next attempt', async () => {
    const fresh = new Devices();
    const own = await openSmall(async (kind) => (kind === 'cpu' ? new CpuBackend() : fresh.open()));
    await own.run('start', { backend: 'webgpu' });
    fresh.begin('createComputePipelineAsync', 'refused', 0);
    const failed: unknown = await run(own, JOBS.aligning).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'BackendError', message: /use the CPU backend/ });
    fresh.begin('createComputePipelineAsync');
    expect(isSameResult(await run(own, JOBS.aligning), expected.get('aligning'))).toBe(true);
    expect(await clear(own)).toBe(0);
    own.dispose();
  });

  test('a device lost while opening a model → the model opens, and the next job starts a new device', async () => {
    await clear(engine);
    const opening = engine.run('open', { source: { kind: 'url', url: 'memory:' } });
    devices.lose();
    expect((await opening).layers).toBe(2);
    expect(isSameResult(await run(engine, JOBS.aligning), expected.get('aligning'))).toBe(true);
  });

  test('a device lost and no adapter any more → a typed error that says what to do, and the CPU goes on with the same model', async () => {
    await clear(engine);
    devices.gone = true;
    devices.lose();
    await expect(run(engine, JOBS.aligning)).rejects.toMatchObject({
      name: 'DeviceLostError',
      message: /could not be started again.*CPU backend/s,
    });
    await engine.run('start', { backend: 'cpu' });
    const { transportCost } = await engine.run(...JOBS.aligning);
    const before = expected.get('aligning') as { transportCost: number };
    expect(transportCost).toBeCloseTo(before.transportCost, 5);
  });
});
