import { expect, it } from 'vitest';
import type { Tensor } from '../operations';
import { fallBack } from './fallback';
import { Runner } from './runner';

const make = async () => {
  const runner = await Runner.open();
  const upload = (values: readonly number[], ...shape: number[]): Tensor =>
    runner.upload(Float32Array.from(values), shape, 'f32', 'x');
  return { runner, upload };
};

it('computes a new tensor from tensors of this backend, packed ones too', async () => {
  const { runner, upload } = await make();
  const bf16 = runner.upload(new Uint8Array(Uint16Array.of(0x3f80, 0x4000).buffer), [2], 'bf16', 'packed');
  const result = fallBack(runner, 'weightedSum', [bf16, 2, upload([10, 20], 2), 1]);
  expect(runner.read(result)).toEqual(Float32Array.of(12, 24));
  expect(result.shape).toEqual([2]);
  expect(runner.memory().tensors).toBe(3);
});

it('writes to its targets, wherever they stand among the arguments', async () => {
  const { runner, upload } = await make();
  const [a, b, into] = [upload([1, 2], 1, 2), upload([3, 4], 1, 2), upload([5], 1, 1)];
  expect(fallBack(runner, 'matmul', [a, b, { orientation: 'nt', into, accumulate: true }])).toBe(into);
  expect(runner.read(into)).toEqual(Float32Array.of(16));
  const potentials = { f: upload([0], 1), g: upload([0, 0], 2), epsilon: 1 };
  fallBack(runner, 'rowPotential', [
    { cost: a, rowStart: 0, rows: 1 },
    potentials,
    { logMarginal: 0 },
    upload([0, 0, 0, 0], 2, 2),
  ]);
  expect(runner.read(potentials.f)[0]).toBeCloseTo(-Math.log(Math.exp(-1) + Math.exp(-2)), 6);
});

it('refuses what the operation refuses, and freed tensors, by name', async () => {
  const { runner, upload } = await make();
  const [a, b] = [upload([1, 2], 2), upload([1], 1)];
  expect(() => fallBack(runner, 'swiglu', [a, b])).toThrow(/swiglu/);
  runner.free(b);
  expect(() => fallBack(runner, 'relu', [b])).toThrow(/freed/);
});
