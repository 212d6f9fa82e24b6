import { describe, expect, it } from 'vitest';
import type { Func } from '../assembler/func';
import { Module } from '../assembler/module';
import type { V128 } from '../assembler/values';
import { exp2, expF64, logF64 } from './math-f64';

/** Applies a function to numbers, four at a time, and returns four results in the first half or all of their place. */
async function apply(emit: (f: Func, low: V128, high: V128) => readonly V128[], values: Float64Array) {
  const module = new Module();
  const all = module.func(['i32', 'i32'], undefined, (f, at, end) =>
    f.for(at, end, 32, (i) => {
      const [low, high] = [f.v128(i.v128()), f.v128(i.v128(16))];
      for (const [k, result] of emit(f, low, high).entries()) f.storeV128(i, result, 16 * k);
    }),
  );
  module.export('all', all);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const { instance } = await WebAssembly.instantiate(module.encode(64, 64, false), { env: { memory } });
  new Float64Array(memory.buffer).set(values);
  (instance.exports['all'] as (at: number, end: number) => void)(0, 8 * values.length);
  return memory.buffer;
}

const inF64 = async (of: (f: Func, x: V128) => V128, values: Float64Array): Promise<Float64Array> =>
  new Float64Array(await apply((f, low, high) => [of(f, low), of(f, high)], values), 0, values.length);

const powers = async (values: Float64Array, least: number): Promise<number[]> => {
  const places = new Float32Array(await apply((f, low, high) => [exp2(f, low, high, least)], values));
  return Array.from(values, (_, k) => places[8 * Math.floor(k / 4) + (k % 4)] ?? NaN);
};

const worst = (x: Float64Array, error: (x: number, k: number) => number): number =>
  x.reduce((most, value, k) => Math.max(most, error(value, k)), 0);

describe('expF64', () => {
  it('has a relative error below 1e-15', async () => {
    const x = Float64Array.from({ length: 20_000 }, (_, k) => -690 + k * 0.069);
    const got = await inF64(expF64, x);
    expect(worst(x, (value, k) => Math.abs((got[k] ?? NaN) / Math.exp(value) - 1))).toBeLessThan(1e-15);
  });

  it('is finite and above 0 everywhere, 1 at 0, and keeps NaN', async () => {
    const got = await inF64(expF64, Float64Array.of(-Infinity, Infinity, 0, NaN));
    expect(got[0]).toBeCloseTo(0, 300);
    expect(got[0]).toBeGreaterThan(0);
    expect(got[1]).toBeGreaterThan(1e300);
    expect(got[2]).toBe(1);
    expect(got[3]).toBeNaN();
  });
});

describe('logF64', () => {
  it('has an error below 1e-15, relative where it is above 1', async () => {
    const x = Float64Array.from({ length: 20_000 }, (_, k) => 1e-45 * 1.01 ** k);
    const near = Float64Array.from({ length: 20_000 }, (_, k) => 0.5 + k * 1e-4);
    for (const values of [x, near]) {
      const got = await inF64(logF64, values);
      const error = (value: number, k: number) =>
        Math.abs((got[k] ?? NaN) - Math.log(value)) / Math.max(1, Math.abs(Math.log(value)));
      expect(worst(values, error)).toBeLessThan(1e-15);
    }
  });

  it('is -Infinity at 0 and keeps infinity and NaN', async () => {
    expect([...(await inF64(logF64, Float64Array.of(0, Infinity, NaN, 1)))]).toEqual([
      -Infinity,
      Infinity,
      NaN,
      0,
    ]);
  });
});

describe('exp2', () => {
  it('is within 1.5 units in the last place, also for large exponents', async () => {
    const x = Float64Array.from({ length: 20_000 }, (_, k) => -120 + k * 0.0123456789);
    const got = await powers(x, -126);
    const units = (value: number, k: number) => {
      const right = 2 ** value;
      return Math.abs((got[k] ?? NaN) - right) / 2 ** (Math.floor(Math.log2(right)) - 23);
    };
    expect(worst(x, units)).toBeLessThan(1.5);
  });

  it('is 0 below the least power, and keeps NaN', async () => {
    const got = await powers(Float64Array.of(-96.6, -96.4, -Infinity, NaN), -96);
    expect(got[0]).toBe(0);
    expect((got[1] ?? NaN) / 2 ** -96.4).toBeCloseTo(1, 6);
    expect(got[2]).toBe(0);
    expect(got[3]).toBeNaN();
  });
});
