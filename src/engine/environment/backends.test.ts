import { expect, test, vi } from 'vitest';
import { testEnvironment } from '../../../tests/engine';
import { CpuBackend } from '../../backend/cpu/backend';
import { NoAdapterError } from '../../backend/errors';
import type { Backend, BackendInfo, Tensor } from '../../backend/operations';
import { openCpu } from '../../backend/wasm/open';
import { chooseBackend } from './backends';
import type { Environment } from './environment';
import { NodeEnvironment } from '../node';

/** A CPU backend that reports itself as a GPU, with slow matrix products. */
class FakeGpu extends CpuBackend {
  override readonly info: BackendInfo;
  disposed = false;
  readonly #delay: number;

  constructor(software: boolean, delay: number) {
    super();
    this.info = { ...new CpuBackend().info, kind: 'webgpu', description: 'fake', software };
    this.#delay = delay;
  }

  override matmul(...args: Parameters<Backend['matmul']>): Tensor {
    const end = performance.now() + this.#delay;
    while (performance.now() < end);
    return this.#delay < 0 ? super.weightedSum(args[0], 1) : super.matmul(...args);
  }

  override dispose(): void {
    this.disposed = true;
    super.dispose();
  }
}

function machine(gpu: () => Backend): Environment & { readonly opened: string[] } {
  const opened: string[] = [];
  return {
    ...testEnvironment(),
    opened,
    async openBackend(kind) {
      opened.push(kind);
      return kind === 'cpu' ? openCpu() : gpu();
    },
  };
}

test('a software adapter that is slower gives way to the CPU, and is closed', async () => {
  const gpu = new FakeGpu(true, 200);
  const { backend, summary } = await chooseBackend(
    machine(() => gpu),
    'auto',
  );
  expect(summary.kind).toBe('cpu');
  expect(summary.notice).toMatch(/only WebGPU adapter here is software.*\d times as fast/);
  expect(summary.description).toMatch(/WebAssembly SIMD/);
  expect(gpu.disposed).toBe(true);
  backend.dispose();
});

test('a software adapter that is faster stays', async () => {
  const gpu = new FakeGpu(true, -1);
  const environment = machine(() => gpu);
  const slow = vi.spyOn(environment, 'openBackend').mockImplementation(async (kind) => {
    return kind === 'cpu' ? new FakeGpu(true, 100) : gpu;
  });
  const { summary } = await chooseBackend(environment, 'auto');
  expect(summary).toMatchObject({ kind: 'webgpu', description: 'fake' });
  expect(summary.notice).toBeUndefined();
  expect(gpu.disposed).toBe(false);
  slow.mockRestore();
});

test('a real adapter is not measured, and one asked for by name is taken as it is', async () => {
  const real = machine(() => new FakeGpu(false, 200));
  expect((await chooseBackend(real, 'auto')).summary.kind).toBe('webgpu');
  const soft = machine(() => new FakeGpu(true, 200));
  expect((await chooseBackend(soft, 'webgpu')).summary.kind).toBe('webgpu');
  expect([...real.opened, ...soft.opened]).toEqual(['webgpu', 'webgpu']);
});

test('what is measured is kept for the session', async () => {
  let products = 0;
  class Counting extends FakeGpu {
    override matmul(...args: Parameters<Backend['matmul']>): Tensor {
      products++;
      return super.matmul(...args);
    }
  }
  const environment = machine(() => new Counting(true, 50));
  (await chooseBackend(environment, 'auto')).backend.dispose();
  const measured = products;
  expect(measured).toBeGreaterThan(0);
  (await chooseBackend(environment, 'auto')).backend.dispose();
  expect(products).toBe(measured);
});

test('without an adapter the CPU computes and says why', async () => {
  const { backend, summary } = await chooseBackend(
    machine(() => {
      throw new NoAdapterError('none');
    }),
    'auto',
  );
  expect(summary).toMatchObject({ kind: 'cpu', notice: 'No WebGPU here, so the CPU computes.' });
  backend.dispose();
});

test('in Node the CPU backend computes in WebAssembly on this machine’s cores', async () => {
  const environment = new NodeEnvironment({
    files: () => {
      throw new Error('no files');
    },
    sink: () => {
      throw new Error('no files');
    },
    text: () => Promise.reject(new Error('no texts')),
  });
  const { backend, summary } = await chooseBackend(environment, 'cpu');
  expect(summary.description).toMatch(/^CPU, WebAssembly SIMD, \d+ threads?$/);
  backend.dispose();
});
