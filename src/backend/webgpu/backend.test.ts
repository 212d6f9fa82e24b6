import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeGpu } from '../../../tests/fake-gpu';
import { Random } from '../../../tests/random';
import * as reference from '../../../tests/reference';
import { Subject } from '../../../tests/subject';
import { BackendError, DeviceLostError, NoAdapterError, OutOfMemoryError } from '../errors';
import type { Tensor } from '../operations';
import { WebGpuBackend } from './backend';
import { acquireDevice } from './device';
import { kernel, kernelNames } from './kernels';
import { packParams, parseLayout } from './layout';
import { openDawn } from './node';
import { PipelineCache } from './pipeline-cache';

let gpu: GPU;
beforeAll(async () => {
  gpu = await openDawn();
});

describe('kernels', () => {
  let device: GPUDevice;
  beforeAll(async () => {
    ({ device } = await acquireDevice(gpu));
  });
  afterAll(() => device.destroy());

  it.each(kernelNames())(
    '%s.wgsl compiles for every packing of its operands and says where it comes from',
    async (name) => {
      const item = kernel(name);
      const dtypes = [...item.source.matchAll(/^override (\w+_DTYPE)/gm)].map(
        ([, constant]) => constant ?? '',
      );
      const pipelines = new PipelineCache(device);
      for (const code of [0, 1, 2]) {
        await pipelines.get(item, Object.fromEntries(dtypes.map((constant) => [constant, code])));
      }
      expect(item.layout.bindings[0]).toEqual({ name: 'params', index: 0, type: 'uniform' });
      expect(item.layout.bindings.length).toBeLessThanOrEqual(1 + 8);
      expect(item.source.startsWith('// ')).toBe(true);
    },
  );

  it('a compile error names file, line and source', async () => {
    const good = kernel('swiglu');
    const source = good.source.replace(/out\[i\] = select.*/, 'out[i] = gait[i];');
    const line = source.split('\n').findIndex((text) => text.includes('gait')) + 1;
    const compiled = new PipelineCache(device).get({ ...good, source });
    await expect(compiled).rejects.toThrow(BackendError);
    await expect(compiled).rejects.toThrow(
      new RegExp(`swiglu\\.wgsl:${line}:\\d+ .*gait[^]*out\\[i\\] = gait\\[i\\]`),
    );
  });
});

describe('layout', () => {
  const source = [
    'struct Params {',
    '  /// rows of the thing',
    '  rows: u32,',
    '  scale: f32,',
    '  shift: i32,',
    '}',
    '@group(0) @binding(0) var<uniform> params: Params;',
    '@group(0) @binding(1) var<storage, read> x: array<u32>;',
    '@group(0) @binding(2) var<storage, read_write> out: array<f32>;',
  ].join('\n');

  it('is read out of the WGSL', () => {
    const { params, bindings } = parseLayout('thing', source);
    expect(params).toEqual([
      { name: 'rows', type: 'u32', offset: 0 },
      { name: 'scale', type: 'f32', offset: 4 },
      { name: 'shift', type: 'i32', offset: 8 },
    ]);
    expect(bindings.map((b) => b.type)).toEqual(['uniform', 'read-only-storage', 'storage']);
    const view = new DataView(new ArrayBuffer(32));
    packParams('thing', params, { rows: 7, scale: 0.5, shift: -3 }, view, 16);
    expect([view.getUint32(16, true), view.getFloat32(20, true), view.getInt32(24, true)]).toEqual([
      7, 0.5, -3,
    ]);
  });

  it('refuses fields it cannot place, and params that do not fit', () => {
    expect(() => parseLayout('thing', source.replace('scale: f32', 'scale: vec3f'))).toThrow(
      /thing\.wgsl.*vec3f/,
    );
    const { params } = parseLayout('thing', source);
    const view = new DataView(new ArrayBuffer(16));
    expect(() => packParams('thing', params, { rows: 1, scale: 1 }, view, 0)).toThrow(
      /expected params rows, scale, shift/,
    );
    expect(() => packParams('thing', params, { rows: 1, scale: 1, shft: 1 }, view, 0)).toThrow(
      /shift is missing/,
    );
  });
});

describe('device', () => {
  it('without an adapter there is a named error', async () => {
    const none = { requestAdapter: async () => null } as unknown as GPU;
    await expect(WebGpuBackend.open(none)).rejects.toThrow(NoAdapterError);
  });

  it('takes the limits the adapter has and bounds tensors by them', async () => {
    const { device: real } = await acquireDevice(gpu);
    const limits = new Proxy(real.limits, {
      get: (target, name) =>
        name === 'maxStorageBufferBindingSize' ? 4096 : Reflect.get(target, name, target),
    });
    real.destroy();
    const backend = await WebGpuBackend.open(fakeGpu(gpu, { device: { limits } }));
    expect(backend.info.maxTensorBytes).toBe(4096);
    expect(() => backend.zeros([33, 32], 'wide')).toThrow(/at most 4096 bytes/);
    backend.dispose();
  });

  it('a lost device is a DeviceLostError everywhere from then on, our own dispose is not', async () => {
    let lose: (info: { reason: string; message: string }) => void = () => {};
    const lost = new Promise((resolve) => {
      lose = resolve;
    });
    const backend = await WebGpuBackend.open(fakeGpu(gpu, { device: { lost } }));
    const x = backend.zeros([4], 'x');
    lose({ reason: 'unknown', message: 'driver reset' });
    await lost;
    await expect(backend.read(x)).rejects.toThrow(DeviceLostError);
    await expect(backend.settle()).rejects.toThrow(/driver reset/);
    expect(() => backend.weightedSum(x, 1)).toThrow(DeviceLostError);
    backend.dispose();
    expect(() => backend.weightedSum(x, 1)).toThrow(/disposed/);
  });

  it('leaves no listener on a device that it gives back, which would keep all that was compiled', async () => {
    const listeners = new Set<unknown>();
    const device = {
      addEventListener: (_: string, listener: unknown) => listeners.add(listener),
      removeEventListener: (_: string, listener: unknown) => listeners.delete(listener),
    };
    const backend = await WebGpuBackend.open(fakeGpu(gpu, { device }));
    expect(listeners.size).toBe(1);
    backend.dispose();
    expect(listeners.size).toBe(0);
  });

  it('a refused allocation is an OutOfMemoryError that says how much was wanted', async () => {
    const popErrorScope = async (): Promise<unknown> => ({ message: 'no room' });
    const backend = await WebGpuBackend.open(fakeGpu(gpu, { device: { popErrorScope } }));
    const big = backend.zeros([1024], 'big thing');
    await expect(backend.read(big)).rejects.toThrow(OutOfMemoryError);
    // It stays so, because everything that was computed since may be wrong.
    backend.zeros([2048], 'bigger thing');
    await expect(backend.settle()).rejects.toThrow(/no room for big thing \(4096 bytes/);
    expect(await backend.failure()).toBeInstanceOf(OutOfMemoryError);
    // So many operations are submitted by the queue itself, where nobody could catch the failure.
    for (let i = 0; i < 600; i++) backend.free(backend.weightedSum(big, 2));
    await expect(backend.read(big)).rejects.toThrow(OutOfMemoryError);
    backend.dispose();
  });
});

describe('queue', () => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await WebGpuBackend.open(gpu);
  });
  afterAll(() => backend.dispose());

  it('keeps the order of writes, copies and kernels through reuse of freed buffers', async () => {
    const x = backend.upload(new Float32Array([1, 2, 3, 4]), [4], 'f32', 'x');
    const sums = [];
    for (let i = 0; i < 300; i++) {
      backend.write(x, new Float32Array([i, 2, 3, 4]));
      const doubled = backend.weightedSum(x, 2);
      const scratch = backend.weightedSum(doubled, 10);
      backend.free(scratch);
      sums.push(doubled);
    }
    for (const i of [0, 1, 150, 299]) {
      const sum = sums[i];
      expect(sum && [...(await backend.read(sum))]).toEqual([2 * i, 4, 6, 8]);
    }
    backend.free(x, ...sums);
    expect(backend.memory().tensors).toBe(0);
    expect(backend.memory().bytes).toBe(0);
  });

  it('cuts a product along rows and columns, so that no dispatch has too much work', async () => {
    const subject = new Subject({ open: () => WebGpuBackend.open(gpu), toleranceScale: 1 });
    await subject.start();
    const [rows, columns, inner] = [70, 8192, 64];
    const a = subject.operand([rows, inner]);
    const b = subject.operand([inner, columns], 'f32', new Random(2).normals(inner * columns));
    const { values, magnitude } = reference.product('nn', a.values, b.values, rows, columns, inner);
    const made: Tensor[] = [];
    const times = await (subject.backend as WebGpuBackend).profile(async () => {
      made.push(subject.backend.matmul(a.tensor, b.tensor));
    });
    expect(times?.get('matmul')?.calls).toBeGreaterThanOrEqual(subject.backend.info.software ? 4 : 1);
    for (const product of made) await subject.expectClose(product, values, { tolerance: 4e-6, magnitude });
    subject.stop();
  });

  it('times kernels with timestamp queries where the device has them', async () => {
    const x = backend.upload(new Float32Array(64 * 64).fill(1), [64, 64], 'f32', 'x');
    const times = await backend.profile(async () => {
      backend.free(backend.matmul(x, x), backend.matmul(x, x), backend.swiglu(x, x));
    });
    expect(backend.info.features).toContain('timestamp-query');
    expect(times?.get('matmul')?.calls).toBe(2);
    expect(times?.get('matmul')?.milliseconds).toBeGreaterThan(0);
    expect(times?.get('swiglu')?.calls).toBe(1);
    expect(backend.kernelTimes().size).toBe(0);
    backend.free(x);
  });
});
