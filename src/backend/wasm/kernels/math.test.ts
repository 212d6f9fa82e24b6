import { describe, expect, it } from 'vitest';
import type { Func } from '../assembler/func';
import { Module } from '../assembler/module';
import { enableRelaxedSimd } from '../relaxed-simd-node';
import type { V128 } from '../assembler/values';
import { exp, log } from './math';

/** Applies a vector function to numbers, four at a time. */
async function applyIn(
  relaxed: boolean,
  of: (f: Func, x: V128) => V128,
  values: Float32Array,
): Promise<Float32Array> {
  const module = new Module(relaxed);
  const all = module.func(['i32', 'i32'], undefined, (f, at, end) =>
    f.for(at, end, 16, (i) => f.storeV128(i, of(f, i.v128()))),
  );
  module.export('all', all);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const { instance } = await WebAssembly.instantiate(module.encode(64, 64, false), { env: { memory } });
  const view = new Float32Array(memory.buffer, 0, values.length);
  view.set(values);
  (instance.exports['all'] as (at: number, end: number) => void)(0, 4 * values.length);
  return view.slice();
}

/** Error of `got` in float32 units in the last place of `wanted`. */
const units = (got: number, wanted: number): number =>
  Math.abs(got - wanted) / 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(wanted)))) - 23);

const worst = (x: Float32Array, got: Float32Array, of: (x: number) => number): number =>
  x.reduce((maximum, value, i) => Math.max(maximum, units(got[i] ?? NaN, of(value))), 0);

enableRelaxedSimd();

describe.each([false, true])('with relaxed SIMD: %s,', (relaxed) => {
  const apply = (of: (f: Func, x: V128) => V128, values: Float32Array) => applyIn(relaxed, of, values);

  describe('exp', () => {
    it('is within 1.5 units in the last place', async () => {
      const x = Float32Array.from({ length: 200_000 }, (_, i) => -87.3 + (i / 200_000) * 176);
      expect(worst(x, await apply(exp, x), Math.exp)).toBeLessThan(1.5);
    });

    it('ends in 0 and infinity, is 1 at 0, and keeps NaN', async () => {
      const x = Float32Array.of(-Infinity, -1e30, -88, -0, 0, 89, 1e30, Infinity, NaN, NaN, 88.7, -87.3);
      // A NaN with all bits set: integer arithmetic on its bits must not make it a number.
      new Uint32Array(x.buffer)[9] = 0x7fffffff;
      const got = await apply(exp, x);
      expect([...got.subarray(0, 10)]).toEqual([0, 0, 0, 1, 1, Infinity, Infinity, Infinity, NaN, NaN]);
      expect(got[10]).toBeLessThan(Infinity);
      expect(got[11]).toBeGreaterThan(0);
    });
  });

  describe('log', () => {
    it('is within 2 units in the last place from the smallest normal number to the largest', async () => {
      const bits = Uint32Array.from({ length: 200_000 }, (_, i) => 0x00800000 + i * 10_600);
      const x = new Float32Array(bits.buffer);
      expect(worst(x, await apply(log, x), Math.log)).toBeLessThan(2);
    });

    it('is within 2 units around 1, where it is small', async () => {
      const x = Float32Array.from({ length: 100_000 }, (_, i) => 0.5 + i / 66_667);
      expect(worst(x, await apply(log, x), Math.log)).toBeLessThan(2);
    });

    it('is 0 at 1 and keeps infinity and NaN', async () => {
      expect([...(await apply(log, Float32Array.of(1, Infinity, NaN, 1)))]).toEqual([0, Infinity, NaN, 0]);
    });
  });
});
