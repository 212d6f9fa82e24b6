import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { randomModel, type TinyTensor } from '../llama/testing';
import { Weights } from '../llama/weights';
import type { CostSettings } from '../transport/cost-settings';
import { distances, entry, type Matrix, scaleOf, table } from '../transport/oracle';
import { PLANNED_TENSORS, type PlannedTensor } from '../upscale/block/planned';
import { nullRows } from '../transport/null-rows';
import { distanceMap } from './map';
import type { MapLevel } from './measurement';

const K = 'self_attn.k_proj';
const HEAD = 8;

/** Mean cost of the best assignment, by dynamic programming over sets of columns. */
function leastMatching(cost: Matrix): number {
  const n = cost.length;
  const least = new Float64Array(2 ** n).fill(Infinity);
  least[0] = 0;
  for (let used = 0; used < 2 ** n - 1; used++) {
    const row = used.toString(2).replaceAll('0', '').length;
    for (const column of cost.keys()) {
      const next = used | (1 << column);
      if (next === used) continue;
      least[next] = Math.min(least[next] ?? Infinity, (least[used] ?? Infinity) + entry(cost, row, column));
    }
  }
  return (least[2 ** n - 1] ?? Number.NaN) / n;
}

const mean = (cost: Matrix): number =>
  cost.flat().reduce((sum, value) => sum + value, 0) / cost.flat().length;

describe.each([
  ['raw Euclidean', { metric: 'euclidean', rows: 'raw', scale: 'none' }],
  ['squared, unit rows, by the mean', { metric: 'squared', rows: 'unit', scale: 'mean' }],
] as const)('distances between blocks, heads and neurons: %s', (_, cost: CostSettings) => {
  const backend = new CpuBackend();
  let tensors: ReadonlyMap<string, TinyTensor>;
  let weights: Weights;
  const map = (level: MapLevel, tensor: PlannedTensor = K, maxPixels = 512) =>
    distanceMap(backend, weights, tensor, level, { cost, maxPixels });
  const rowsOf = (layer: number): number[][] => {
    const { shape = [], values } = tensors.get(`model.layers.${layer}.${K}.weight`) ?? {};
    const [rows = 0, columns = 0] = shape;
    return table(rows, columns, (i, j) => values?.[i * columns + j] ?? Number.NaN);
  };
  const costOf = (i: number, j: number): number[][] => {
    const between = distances(rowsOf(i), rowsOf(j), cost);
    const scale = scaleOf(between, cost.scale);
    return between.map((row) => row.map((value) => value / scale));
  };

  beforeAll(async () => {
    const made = await randomModel({}, 31);
    tensors = made.tensors;
    weights = new Weights(backend, made.checkpoint, made.config);
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  test('blocks: the exact transport cost of every pair', async () => {
    const result = await map({ kind: 'blocks' });
    expect(result).toMatchObject({ kind: 'blocks', rows: 3, columns: 3, solver: 'exact' });
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [2, 1],
      [0, 2],
    ] as const) {
      const between = costOf(i, j);
      expect(result.distances[3 * i + j]).toBeCloseTo(leastMatching(between), 5);
      expect(result.relative[3 * i + j]).toBeCloseTo(leastMatching(between) / mean(between), 5);
    }
  });

  test('blocks: the mean cost of the null of every pair', async () => {
    const options = { cost, maxPixels: 512, nullDraws: 2 };
    const result = await distanceMap(backend, weights, K, { kind: 'blocks' }, options);
    expect(result.distances).toEqual((await map({ kind: 'blocks' })).distances);
    expect(result.nullDistances).toHaveLength(9);
    for (const [i, j] of [
      [0, 1],
      [1, 2],
      [2, 2],
    ] as const) {
      const rows = rowsOf(j);
      const drawn = [0, 1].map((draw) => {
        const values = nullRows(Float32Array.from(rows.flat()), rows.length, 0, draw);
        const other = table(rows.length, 20, (row, column) => values[row * 20 + column] ?? Number.NaN);
        const between = distances(rowsOf(i), other, cost);
        const scale = scaleOf(between, cost.scale);
        return leastMatching(between.map((row) => row.map((value) => value / scale)));
      });
      const expected = ((drawn[0] ?? Number.NaN) + (drawn[1] ?? Number.NaN)) / 2;
      expect(result.nullDistances?.[3 * i + j]).toBeCloseTo(expected, 5);
      expect(result.nullDistances?.[3 * j + i]).toBe(result.nullDistances?.[3 * i + j]);
    }
    expect((await map({ kind: 'blocks' })).nullDistances).toBeUndefined();
  });

  test('heads: the exact transport cost of every pair of them', async () => {
    const result = await map({ kind: 'heads', previous: 2, next: 0 });
    expect(result).toMatchObject({ kind: 'heads', rows: 2, columns: 2, solver: 'exact' });
    const between = costOf(2, 0);
    for (const head of [0, 1]) {
      for (const other of [0, 1]) {
        const part = between
          .slice(head * HEAD, (head + 1) * HEAD)
          .map((row) => row.slice(other * HEAD, (other + 1) * HEAD));
        expect(result.distances[2 * head + other]).toBeCloseTo(leastMatching(part), 5);
        expect(result.relative[2 * head + other]).toBeCloseTo(leastMatching(part) / mean(part), 5);
      }
    }
  });

  test('neurons: the ground cost, pooled where it does not fit', async () => {
    const whole = await map({ kind: 'neurons', previous: 1, next: 2 });
    const between = costOf(1, 2);
    expect(whole).toMatchObject({ kind: 'neurons', rows: 16, columns: 16, solver: 'exact' });
    for (const [k, value] of between.flat().entries()) {
      expect(whole.distances[k]).toBeCloseTo(value, 5);
      expect(whole.relative[k]).toBeCloseTo(value / mean(between), 5);
    }
    const matched = [...(whole.assignment ?? [])].reduce(
      (sum, column, row) => sum + entry(between, row, column),
      0,
    );
    expect(matched / 16).toBeCloseTo(leastMatching(between), 5);

    const pooled = await map({ kind: 'neurons', previous: 1, next: 2 }, K, 8);
    expect(pooled).toMatchObject({ rows: 8, columns: 8 });
    const corner = [0, 1].flatMap((i) => [0, 1].map((j) => entry(between, i, j)));
    expect(pooled.distances[0]).toBeCloseTo(mean([corner]), 5);
  });

  test('neurons of two heads, of one block with itself', async () => {
    const result = await map({ kind: 'neurons', previous: 1, next: 1, heads: [1, 1] });
    expect(result).toMatchObject({ rows: HEAD, columns: HEAD });
    for (let i = 0; i < HEAD; i++) expect(result.distances[i * HEAD + i]).toBe(0);
    expect([...(result.assignment ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('what is not there is named', async () => {
    const missing = { name: 'MeasureError' };
    await expect(map({ kind: 'heads', previous: 0, next: 3 })).rejects.toMatchObject(missing);
    await expect(map({ kind: 'neurons', previous: 0, next: 1, heads: [0, 2] })).rejects.toThrow(
      /0 to 1, got 2/,
    );
    await expect(map({ kind: 'heads', previous: 0, next: 1 }, 'mlp.up_proj')).rejects.toThrow(
      /self_attn.q_proj/,
    );
    for (const tensor of PLANNED_TENSORS)
      expect((await map({ kind: 'blocks' }, tensor)).distances).toHaveLength(9);
  });
});
