import { expect, test, vi } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { parseConfig } from '../llama/config';
import { randomModel, randomTensors, TINY, tinyCheckpoint, type TinyTensor } from '../llama/testing';
import { Weights } from '../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../recipe/schema';
import { randomSource } from '../random';
import { RAW_EUCLIDEAN } from '../transport/cost-settings';
import {
  columnSums,
  distances,
  entry,
  inner,
  type Matrix,
  perplexity,
  scalingPlan,
  table,
} from '../transport/oracle';
import { expand } from '../upscale/expanding/expand';
import { PLANNED_TENSORS } from '../upscale/block/planned';
import { NullCache } from './null-cache';
import { measureTensors } from './tensors';

const EPSILON = 0.15;
const GAP = 1;

function matrixOf(tensors: ReadonlyMap<string, TinyTensor>, layer: number, tensor: string): number[][] {
  const found = tensors.get(`model.layers.${layer}.${tensor}.weight`);
  const [rows = 0, columns = 0] = found?.shape ?? [];
  return table(rows, columns, (i, j) => found?.values[i * columns + j] ?? Number.NaN);
}

const norm = (x: Matrix): number => Math.sqrt(inner(x, x));
const transposed = (x: Matrix): number[][] => table(x[0]?.length ?? 0, x.length, (i, j) => entry(x, j, i));
const product = (x: Matrix, y: Matrix): number[][] =>
  table(
    x.length,
    y[0]?.length ?? 0,
    (i, j) => x[i]?.reduce((sum, value, k) => sum + value * entry(y, k, j), 0) ?? 0,
  );
const sumOf = (x: Matrix, y: Matrix, alpha: number, beta: number): number[][] =>
  table(x.length, x[0]?.length ?? 0, (i, j) => alpha * entry(x, i, j) + beta * entry(y, i, j));
const trace = (x: Matrix): number => x.reduce((sum, _, i) => sum + entry(x, i, i), 0);

const recipeOf = (change: Partial<Recipe>): Recipe => ({
  ...DEFAULT_RECIPE,
  gaps: [GAP],
  zeroInit: false,
  solver: { ...DEFAULT_RECIPE.solver, epsilon: EPSILON, tolerance: 1e-6 },
  ...change,
});

async function measured(
  checkpoint: Awaited<ReturnType<typeof tinyCheckpoint>>,
  recipe: Recipe,
  options: Parameters<typeof measureTensors>[4] = {},
) {
  const backend = new CpuBackend();
  const weights = new Weights(backend, checkpoint, parseConfig(checkpoint.config));
  const expansion = await expand(backend, weights, recipe, { allPlans: true });
  const progress: number[] = [];
  const measures = await measureTensors(backend, weights, recipe, expansion, {
    onProgress: (fraction) => progress.push(fraction),
    ...options,
  });
  expansion.free();
  weights.free();
  expect(backend.memory().tensors).toBe(0);
  expect(progress.at(-1)).toBe(measures.length > 0 ? 1 : undefined);
  return measures;
}

test('plan, costs and fused weights of every tensor against float64', async () => {
  const { checkpoint, tensors } = await randomModel({}, 21);
  const measures = await measured(checkpoint, recipeOf({ method: 'opt-deus:paper' }));
  expect(measures.map(({ tensor }) => tensor)).toEqual([...PLANNED_TENSORS]);
  const rescaled = (plan: Matrix): number[][] => plan.map((row) => row.map((value) => value * plan.length));
  const planOf = (a: Matrix, b: Matrix): number[][] => scalingPlan(distances(a, b, RAW_EUCLIDEAN), EPSILON);
  const output = rescaled(
    planOf(matrixOf(tensors, 1, 'self_attn.o_proj'), matrixOf(tensors, 2, 'self_attn.o_proj')),
  );
  for (const measure of measures) {
    const { tensor } = measure;
    const raw = matrixOf(tensors, GAP, tensor);
    const b = matrixOf(tensors, GAP + 1, tensor);
    const a = tensor === 'mlp.gate_proj' || tensor === 'mlp.up_proj' ? product(raw, output) : raw;
    const cost = distances(a, b, RAW_EUCLIDEAN);
    const plan = planOf(a, b);
    const moved = product(transposed(rescaled(plan)), a);
    const made = sumOf(moved, b, 0.5, 0.5);
    const n = cost.length;
    const mean = cost.flat().reduce((sum, value) => sum + value, 0) / (n * n);
    const close = (got: number | null, expected: number, digits = 4): void => {
      expect(got, tensor).not.toBeNull();
      expect(got ?? Number.NaN, tensor).toBeCloseTo(expected, digits);
    };
    expect(measure).toMatchObject({ gap: GAP, previous: 1, next: 2, rows: n, converged: true });
    close(measure.planPerplexity, perplexity(plan), 2);
    close(
      measure.marginalError,
      columnSums(plan).reduce((sum, value) => sum + Math.abs(value - 1 / n), 0),
    );
    close(measure.transportCost, inner(plan, cost));
    close(measure.identityCost, trace(cost) / n);
    close(measure.meanCost, mean);
    close(measure.scoreBefore, 1 - trace(cost) / n / mean);
    close(measure.scoreAfter, 1 - inner(plan, cost) / mean);
    close(measure.identityShare, trace(plan));
    close(measure.normKept, norm(moved) / norm(a));
    close(measure.normToPrevious, norm(made) / norm(raw));
    close(measure.normToNext, norm(made) / norm(b));
    close(measure.cosinePrevious, inner(made, raw) / (norm(made) * norm(raw)));
    close(measure.cosineNext, inner(made, b) / (norm(made) * norm(b)));
    close(measure.distanceHalfNext, norm(sumOf(made, b, 1, -0.5)) / norm(b));
    expect(measure.exactCost ?? Number.NaN).toBeLessThanOrEqual((measure.transportCost ?? 0) + 1e-6);
  }
});

test('a planted permutation is found exactly: no cost, full agreement, its own fixed points', async () => {
  const config = parseConfig(TINY);
  const tensors = randomTensors(config, 5);
  const random = randomSource(1);
  const q = 'self_attn.q_proj';
  const below = matrixOf(tensors, GAP, q);
  const n = below.length;
  // Rows 0 … 7 keep their index, the others are shifted by one.
  const source = below.map((_, row) => (row < 8 ? row : 8 + ((row - 8 + 1) % (n - 8))));
  const above = source.map((row) => below[row]?.map((value) => value + 1e-3 * (random() - 0.5)) ?? []);
  const name = `model.layers.${GAP + 1}.${q}.weight`;
  tensors.set(name, { dtype: 'F32', shape: [n, 20], values: Float32Array.from(above.flat()) });
  const checkpoint = await tinyCheckpoint(TINY, tensors);
  const [measure] = await measured(checkpoint, recipeOf({ method: 'opt-deus:hard' }));
  expect(measure).toMatchObject({
    tensor: q,
    planPerplexity: 1,
    marginalError: 0,
    identityShare: 8 / n,
    assignmentAgreement: 1,
  });
  const cost = distances(below, above, RAW_EUCLIDEAN);
  const expected = source.reduce((sum, row, column) => sum + entry(cost, row, column), 0) / n;
  expect(measure?.exactCost).toBeCloseTo(expected, 6);
  expect(measure?.transportCost).toBe(measure?.exactCost);
  expect(measure?.scoreAfter).toBeGreaterThan(0.99);
  expect(measure?.normKept).toBeCloseTo(1, 6);

  const [soft] = await measured(checkpoint, recipeOf({ method: 'opt-deus:relative' }));
  expect(soft?.assignmentAgreement).toBe(1);
});

test('zeroed tensors have no direction, and half the next block is where half-next is', async () => {
  const { checkpoint } = await randomModel({}, 8);
  const zeroed = await measured(checkpoint, recipeOf({ method: 'average', zeroInit: true }));
  for (const measure of zeroed) {
    const output = measure.tensor.endsWith('o_proj') || measure.tensor.endsWith('down_proj');
    expect(measure.planPerplexity).toBeNull();
    expect(measure.scoreAfter).toBeNull();
    expect(measure.exactCost).toBeGreaterThan(0);
    expect(measure.normToNext === 0).toBe(output);
    expect(measure.cosineNext === null).toBe(output);
    if (output) expect(measure.distanceHalfNext).toBeCloseTo(0.5, 6);
  }
  const half = await measured(checkpoint, recipeOf({ method: 'half-next' }));
  const gate = half.find(({ tensor }) => tensor === 'mlp.gate_proj');
  expect(gate?.distanceHalfNext).toBeLessThan(1e-6);
  expect(gate?.cosineNext).toBeCloseTo(1, 6);
});

test('a block after the last has no next one, a layout no tensors of its own', async () => {
  const { checkpoint } = await randomModel({}, 8);
  const last = await measured(checkpoint, recipeOf({ method: 'llama-pro', gaps: [2] }));
  expect(last).toHaveLength(PLANNED_TENSORS.length);
  for (const measure of last)
    expect(measure).toMatchObject({ next: null, exactCost: null, cosineNext: null, normToPrevious: 1 });
  expect(await measured(checkpoint, recipeOf({ method: 'stack' }))).toEqual([]);
});

test('every method with gaps can be measured', async () => {
  const { checkpoint } = await randomModel({}, 8);
  for (const method of ['opt-deus:structured', 'opt-deus:tf', 'random', 'copy-next', 'lesa'] as const) {
    const measures = await measured(checkpoint, recipeOf({ method }));
    expect(measures, method).toHaveLength(PLANNED_TENSORS.length);
    for (const { cosineNext, normToNext } of measures) {
      expect(Math.abs(cosineNext ?? Number.NaN)).toBeLessThanOrEqual(1 + 1e-6);
      expect(normToNext).toBeGreaterThan(0);
    }
  }
});

test('nulls are measured where they are asked for, once for recipes of the same problems', async () => {
  const { checkpoint } = await randomModel({}, 8);
  const nulls = new NullCache();
  const measure = vi.spyOn(nulls, 'measure');
  const groups = new Set(['null'] as const);
  const of = (change: Partial<Recipe>) => measured(checkpoint, recipeOf(change), { groups, nulls });
  const paper = await of({ method: 'opt-deus:paper' });
  for (const { tensor, excessMass, excessCost, cosineNext, exactCost } of paper) {
    // Random rows are as little aligned as their null.
    expect(Math.abs(excessMass ?? Number.NaN), tensor).toBeLessThan(0.1);
    expect(Math.abs(excessCost ?? Number.NaN), tensor).toBeLessThan(0.06);
    expect([cosineNext, exactCost]).toEqual([null, null]);
  }
  const results = async () => Promise.all(measure.mock.results.map(({ value }) => value as unknown));
  const zeroed = await of({ method: 'opt-deus:paper', zeroInit: true });
  expect(zeroed.map(({ excessMass }) => excessMass)).toEqual(paper.map(({ excessMass }) => excessMass));
  const [average, copied] = [await of({ method: 'average' }), await of({ method: 'copy-next' })];
  expect(average.every(({ excessMass }) => excessMass === null)).toBe(true);
  expect(copied.map(({ excessCost }) => excessCost)).toEqual(average.map(({ excessCost }) => excessCost));
  // The same objects: nothing was measured twice.
  expect(new Set(await results()).size).toBe(2 * PLANNED_TENSORS.length);
  await of({ method: 'opt-deus:paper', seed: 1 });
  expect(new Set(await results()).size).toBe(3 * PLANNED_TENSORS.length);
  const structured = await of({ method: 'opt-deus:structured' });
  expect(structured.map(({ excessCost }) => excessCost !== null)).toEqual(
    PLANNED_TENSORS.map((tensor) => tensor.startsWith('mlp.')),
  );
  const known = await measured(checkpoint, recipeOf({ method: 'opt-deus:paper' }), { nulls });
  expect(known.every(({ excessCost }) => excessCost === undefined)).toBe(true);
});
