import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackendsWithAllKernels } from '../../tests/backends';
import { CpuBackend } from './cpu/backend';
import { type Instruments, hasInstruments } from './instruments';
import { KernelLedger, timesSince } from './kernel-ledger';
import type { Backend } from './operations';

const backends = (await openBackendsWithAllKernels()).filter(({ name }) => name !== 'cpu');

describe.each(backends)('instruments of $name', ({ name, open }) => {
  let backend: Backend & Instruments;
  beforeAll(async () => {
    const opened = await open();
    if (!hasInstruments(opened)) throw new Error(`${name} has no instruments`);
    backend = opened;
  });
  afterAll(() => backend.dispose());

  /** Calls of all kernels together. */
  const calls = (): number =>
    [...backend.kernelTimes().values()].reduce((sum, { calls: own }) => sum + own, 0);

  it('times every call of a kernel while asked to, and nothing before or after', async () => {
    const x = backend.upload(new Float32Array(64 * 64).fill(0.5), [64, 64], 'f32', 'x');
    const multiply = async (): Promise<void> => {
      const product = backend.matmul(x, x);
      await backend.read(product);
      backend.free(product);
    };
    await multiply();
    expect(backend.canTimeKernels).toBe(true);
    expect(backend.kernelTimes().size).toBe(0);
    await backend.timeKernels(true);
    await multiply();
    const once = calls();
    expect(once).toBeGreaterThan(0);
    await backend.timeKernels(true);
    await multiply();
    expect(calls()).toBe(2 * once);
    for (const { milliseconds } of backend.kernelTimes().values()) expect(milliseconds).toBeGreaterThan(0);
    await backend.timeKernels(false);
    await multiply();
    expect(backend.kernelTimes().size).toBe(0);
    await backend.timeKernels(true);
    expect(calls()).toBe(0);
    await backend.timeKernels(false);
    backend.free(x);
  });

  it.each([
    [4, 16],
    [3, 7],
    [1, 1],
  ])('copies %i × %i numbers', async (rows, columns) => {
    const values = Float32Array.from({ length: rows * columns }, (_, i) => i - 2.5);
    const source = backend.upload(values, [rows, columns], 'f32', 'source');
    const target = backend.zeros([rows, columns], 'target');
    backend.copy(source, target);
    expect(await backend.read(target)).toEqual(values);
    expect(() => backend.copy(source, backend.zeros([rows, columns + 1], 'wider'))).toThrow(/to fit/);
    backend.free(source, target);
  });
});

const webgpu = backends.filter(({ name }) => name === 'webgpu');

it.each(webgpu)('$name counts the work of a dispatch and each tensor bound once', async ({ open }) => {
  const backend = await open();
  if (!hasInstruments(backend)) throw new Error('WebGPU has no instruments');
  const x = backend.upload(new Float32Array(64 * 32), [64, 32], 'f32', 'x');
  await backend.timeKernels(true);
  const gated = backend.swiglu(x, x);
  await backend.read(gated);
  expect([...backend.kernelTimes().keys()]).toEqual(['swiglu']);
  const { calls, work, bytes } = backend.kernelTimes().get('swiglu') ?? expect.fail('not timed');
  expect([calls, bytes]).toEqual([1, x.bytes + gated.bytes]);
  expect(work).toBeGreaterThanOrEqual(64 * 32);
  backend.dispose();
});

it('the plain TypeScript backend has no instruments', () => {
  expect(hasInstruments(new CpuBackend())).toBe(false);
});

it('the difference of two sums has only the calls in between', () => {
  const ledger = new KernelLedger();
  ledger.add('a', 1, 10, 100);
  ledger.add('b', 2);
  const before = new Map(ledger.times);
  ledger.add('a', 4, 20, 200);
  ledger.add('c', 8, 0, 1);
  expect([...timesSince(before, ledger.times)]).toEqual([
    ['a', { calls: 1, milliseconds: 4, work: 20, bytes: 200 }],
    ['c', { calls: 1, milliseconds: 8, work: 0, bytes: 1 }],
  ]);
  expect(timesSince(ledger.times, ledger.times).size).toBe(0);
});
