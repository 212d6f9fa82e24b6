import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { median } from '../bench/median';
import type { Contender } from '../bench/peers/contender';
import type { Problem, Row } from '../bench/peers/problem';
import { errorOf, expectedOf } from '../bench/peers/reference';
import { peersReport, ratio } from '../bench/peers/report';
import {
  expectedRound,
  longerRun,
  measureRow,
  remember,
  type Measured,
  type RowResult,
} from '../bench/peers/rounds';
import * as standIn from '../bench/suite/vitest';

const circumstances = {
  device: 'wasm',
  machine: '2 cores',
  adapter: 'none',
  browser: 'Chromium 1',
  date: '2026-01-01',
  versions: { tfjs: '4' },
  leftOut: [],
} as const;

const result = (outcomes: RowResult['outcomes']): RowResult => ({
  device: 'wasm',
  group: 'product',
  shape: '1 × 1 × 1',
  flops: 2e6,
  steps: 2,
  rounds: 3,
  outcomes,
});

describe('a median', () => {
  it('is the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
    expect(median([])).toBeNaN();
  });
});

describe('the table of peers', () => {
  const both = result({
    ours: { milliseconds: 2 },
    'jax-js': { milliseconds: 4 },
    tfjs: { milliseconds: 1 },
    'onnxruntime-web': { missing: 'wrong by 0.5' },
  });

  it('compares with the fastest of the others, and only with those that were right', () => {
    expect(ratio(both)).toBe(0.5);
    expect(ratio(result({ ours: { milliseconds: 2 }, tfjs: { missing: 'not offered' } }))).toBeUndefined();
    expect(ratio(result({ ours: { missing: 'wrong by 1' }, tfjs: { milliseconds: 1 } }))).toBeUndefined();
  });

  it('has times, rates and the ratio, and says why a figure is missing', () => {
    const python = {
      group: 'product',
      shape: '1 × 1 × 1',
      name: 'numpy',
      device: 'cpu',
      milliseconds: 3,
    } as const;
    const text = peersReport([both], [python], circumstances);
    expect(text).toContain('| product | 1 × 1 × 1 | 2 (1) | 4 (0.5) | failed | 1 (2) | 0.50 × | numpy 3 |');
    expect(text).toContain('Not counted: onnxruntime-web, product 1 × 1 × 1: wrong by 0.5.');
  });
});

describe('rounds', () => {
  const row: Row = {
    group: 'softmax of rows',
    shape: '3 × 4',
    steps: 2,
    flops: 0,
    work: 12,
    sizes: { kind: 'softmax' },
    make: () => ({
      kind: 'softmax',
      rows: 3,
      columns: 4,
      x: Float32Array.from({ length: 12 }, (_, i) => Math.sqrt(i)),
    }),
  };
  /** Computes the right answer, plus an error in runs of more steps than the first. */
  const contender = (name: string, error: number): Contender => ({
    name,
    description: name,
    prepare: (problem: Problem) =>
      Promise.resolve({
        run: async (steps) => {
          const expected = await expectedOf(problem, steps, name === 'ours');
          return Float32Array.from(expected?.values ?? [], (x) => x + (steps > 2 ? error : 0));
        },
        free: () => undefined,
      }),
    close: () => undefined,
  });

  it('give no figure to who is wrong, even if it was right at first', async () => {
    const all = [contender('ours', 0), contender('tfjs', 0.1), contender('jax-js', NaN)];
    const { outcomes } = await measureRow(row, 'wasm', all, { rounds: 1, longestRound: 1, whole: 1 });
    expect(outcomes['ours']).toEqual({ milliseconds: expect.any(Number) as number });
    expect(outcomes['tfjs']).toEqual({ missing: expect.stringContaining('wrong by') as string });
    expect(outcomes['jax-js']).toEqual({ missing: expect.stringContaining('wrong by') as string });
  });

  it('are as long as the fastest needs, within what the slowest bears', () => {
    expect(longerRun(2, [100, 900])).toBe(2);
    expect(longerRun(10, [10, 20])).toBe(60);
    expect(longerRun(2, [1, 1000])).toBe(3);
    expect(longerRun(300, [1, 1])).toBe(400);
  });

  it('are predicted by the largest row of the kind', () => {
    const measured: Measured = new Map();
    const larger = { ...row, work: 24 };
    expect(expectedRound(larger, measured)).toBe(0);
    remember(measured, larger, result({ ours: { milliseconds: 5 }, tfjs: { milliseconds: 7 } }));
    remember(measured, row, result({ ours: { milliseconds: 50 } }));
    expect(expectedRound({ ...row, work: 48 }, measured)).toBe(2 * 12 * 2);
  });
});

it('an answer that is too short or not a number is wrong', () => {
  const expected = { values: Float64Array.of(1, 2), scale: 2, tolerance: 1e-3 };
  expect(errorOf(Float32Array.of(1, 2.5), expected)).toBe(0.25);
  expect(errorOf(Float32Array.of(1), expected)).toBe(Infinity);
  expect(errorOf(Float32Array.of(1, NaN), expected)).toBe(Infinity);
});

describe('what stands in for vitest in the bundle', () => {
  it('has every matcher that the operations suite calls', () => {
    const folder = new URL('operations/', import.meta.url);
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    sources.push(readFileSync(new URL('subject.ts', import.meta.url), 'utf8'));
    const called = new Set(
      sources.flatMap((source) => [...source.matchAll(/\.(to[A-Z]\w*)\(/g)].map(([, name = '']) => name)),
    );
    called.delete('toSorted');
    called.delete('toString');
    expect(called.size).toBeGreaterThan(5);
    const expectation = standIn.expect(1);
    for (const name of called) expect(name in expectation, name).toBe(true);
  });

  it('fails where vitest would', async () => {
    const one = standIn.expect(1);
    expect(() => one.toBe(2)).toThrow(/expected 1 to be 2/);
    expect(() => one.not.toBe(1)).toThrow(/not to be/);
    expect(() => one.toBeLessThanOrEqual(0.5)).toThrow();
    expect(() => standIn.expect(NaN).toBeLessThanOrEqual(0.5)).toThrow();
    expect(() => standIn.expect([1, 2]).toEqual([1, 3])).toThrow();
    expect(() => standIn.expect(() => undefined).toThrow()).toThrow(/to throw/);
    await expect(standIn.expect(Promise.resolve(1)).rejects.toThrow(TypeError)).rejects.toThrow();
    await standIn.expect(Promise.reject(new TypeError('no'))).rejects.toThrow(/no/);
  });

  it('declares a case for every row of a table', () => {
    const seen: unknown[] = [];
    const cases = standIn.collect(() => {
      standIn.describe.each(['a', 'b'])('group %s', (group: string) => {
        standIn.it.each([[1, 2]])('case %i of %i', (first: number, second: number) => {
          seen.push(group, first, second);
        });
      });
    });
    for (const { run } of cases) void run();
    expect(cases.map(({ name }) => name)).toEqual(['group a › case 1 of 2', 'group b › case 1 of 2']);
    expect(seen).toEqual(['a', 1, 2, 'b', 1, 2]);
  });
});
