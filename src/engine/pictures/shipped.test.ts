import { expect, test } from 'vitest';
import { openShipped, recipeWith } from '../../../tests/engine';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import type { AlignFrame, AlignResult, Picture, PlannedTensor } from '../jobs';
import { costsOf, GAP, largestError, sinkhorn } from '../aligning/testing-shipped';

const engine = await openShipped();

const align = (tensor: PlannedTensor, change: Parameters<typeof recipeWith>[0] = {}): Promise<AlignResult> =>
  engine.run('align', { recipe: recipeWith(change), gap: GAP, tensor });

test('a cost picture is the distances of the weight rows, whole, zoomed and pooled', async () => {
  const { key } = await align('self_attn.k_proj');
  const costs = await costsOf('self_attn.k_proj');
  const whole = await engine.run('picture', { key, kind: 'cost', maxPixels: 64 });
  expect(largestError(whole.max, costs.flat())).toBeLessThan(1e-5);
  expect(whole.mean).toEqual(whole.max);
  expect(whole.low).toBeCloseTo(Math.min(...costs.flat()), 5);
  expect(whole.high).toBeCloseTo(Math.max(...costs.flat()), 5);

  const window = { rowStart: 8, rowEnd: 28, columnStart: 40, columnEnd: 46 };
  const zoomed = await engine.run('picture', { key, kind: 'cost', window, maxPixels: 10 });
  expect([zoomed.width, zoomed.height]).toEqual([6, 10]);
  const pairs = Array.from({ length: 10 }, (_, y) =>
    Array.from(
      { length: 6 },
      (_, x) => [costs[8 + 2 * y]?.[40 + x] ?? 0, costs[9 + 2 * y]?.[40 + x] ?? 0] as const,
    ),
  ).flat();
  expect(
    largestError(
      zoomed.max,
      pairs.map((pair) => Math.max(...pair)),
    ),
  ).toBeLessThan(1e-5);
  expect(
    largestError(
      zoomed.mean,
      pairs.map(([a, b]) => (a + b) / 2),
    ),
  ).toBeLessThan(1e-5);
});

test('every half-step of the solve can be looked at afterwards', async () => {
  const { key, halfSteps, epsilon, errors } = await align('self_attn.k_proj');
  const costs = await costsOf('self_attn.k_proj');
  const n = costs.length;
  for (const halfStep of [0, 1, 2, 3, halfSteps]) {
    const expected = sinkhorn(costs, epsilon, halfStep);
    const shown = await engine.run('picture', { key, kind: 'plan', halfStep, maxPixels: 64 });
    expect(shown.halfStep).toBe(halfStep);
    expect(
      largestError(
        shown.max,
        expected.flat().map((value) => n * value),
      ),
    ).toBeLessThan(1e-4);
    const rowMass = expected.map((row) => n * row.reduce((sum, value) => sum + value, 0));
    const columnMass = expected.map((_, j) => n * expected.reduce((sum, row) => sum + (row[j] ?? 0), 0));
    expect(largestError(shown.rowMass ?? new Float32Array(), rowMass)).toBeLessThan(1e-4);
    expect(largestError(shown.columnMass ?? new Float32Array(), columnMass)).toBeLessThan(1e-4);
    if (halfStep % 2 === 0) {
      const error = columnMass.reduce((sum, mass) => sum + Math.abs(mass - 1) / n, 0);
      expect(errors[halfStep]).toBeCloseTo(error, 5);
    }
  }
});

test('a window of packed weights in an order shows the cells of the whole', async () => {
  for (const change of [{}, { method: 'opt-deus:tf' }] as const) {
    const { key } = await align('self_attn.k_proj', change);
    const places = await engine.run('order', { key, order: 'matched' });
    for (const kind of ['cost', 'plan'] as const) {
      const whole = await engine.run('picture', { key, kind, maxPixels: 64 });
      const window = { rowStart: 3, rowEnd: 60, columnStart: 20, columnEnd: 29 };
      const shown = await engine.run('picture', { key, kind, order: 'matched', window, maxPixels: 64 });
      const expected = Float32Array.from(shown.max, (_, at) => {
        const row = places.rows[3 + Math.floor(at / 9)] ?? -1;
        return whole.max[row * 64 + (places.columns[20 + (at % 9)] ?? -1)] ?? Number.NaN;
      });
      expect(shown.max).toEqual(expected);
    }
  }
});

test('a pooled permutation keeps its ones, and its mean is the share of cells', async () => {
  const { key, assignment } = await align('self_attn.k_proj');
  const window = { rowStart: 0, rowEnd: 64, columnStart: 16, columnEnd: 48 };
  const shown = await engine.run('picture', { key, kind: 'permutation', window, maxPixels: 8 });
  const counts = new Float32Array(64);
  for (const [row, column] of (assignment ?? []).entries()) {
    if (column < 16 || column >= 48) continue;
    const pixel = Math.floor(row / 8) * 8 + Math.floor((column - 16) / 4);
    counts[pixel] = (counts[pixel] ?? 0) + 1;
  }
  expect(Array.from(shown.max)).toEqual(Array.from(counts, (count) => Math.min(1, count)));
  expect(
    largestError(
      shown.mean,
      Array.from(counts, (count) => count / 32),
    ),
  ).toBeLessThan(1e-6);
});

test('pictures and memory are answered while a solve runs, and agree with those after it', async () => {
  const log: string[] = [];
  const early: Promise<Picture>[] = [];
  const frames: AlignFrame[] = [];
  const recipe = recipeWith({
    solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.003, tolerance: 1e-7, maxIterations: 2500 },
  });
  const solving = engine
    .run(
      'align',
      { recipe, gap: GAP, tensor: 'mlp.down_proj' },
      {
        onEvent: (event) => {
          if (event.type !== 'frame') return;
          frames.push(event.frame);
          if (frames.length !== 3) return;
          const { key, halfStep } = event.frame;
          early.push(engine.run('picture', { key, kind: 'plan', halfStep, maxPixels: 32 }));
          void early[0]?.then(() => log.push('picture'));
          void engine.run('memory', {}).then(() => log.push('memory'));
        },
      },
    )
    .then((result) => {
      log.push('solved');
      return result;
    });
  const result = await solving;
  const before = await early[0];
  expect(log.indexOf('solved')).toBe(2);
  const after = await engine.run('picture', {
    key: result.key,
    kind: 'plan',
    halfStep: frames[2]?.halfStep ?? -1,
    maxPixels: 32,
  });
  expect(after.halfStep).toBe(frames[2]?.halfStep);
  expect(after).toEqual(before);
  expect(frames[0]?.halfStep).toBe(0);
  expect(frames.at(-1)?.halfStep).toBe(result.halfSteps);
  expect(result.converged).toBe(false);
});

const SOLVER = { ...DEFAULT_RECIPE.solver, epsilon: 0.1, tolerance: 1e-4 };

test.each([
  ['unit rows by their maximum', { method: 'opt-deus:tf' }],
  ['cosine', { cost: { ...DEFAULT_RECIPE.cost, metric: 'cosine' } }],
  ['squared by the mean', { cost: { ...DEFAULT_RECIPE.cost, metric: 'squared', scale: 'mean' } }],
  ['unbalanced', { solver: { ...SOLVER, kind: 'unbalanced', rho: 0.5 } }],
  ['ProgOT', { solver: { ...SOLVER, kind: 'progot', steps: 3 } }],
  [
    'bisected to a perplexity',
    { method: 'opt-deus:relative', solver: { ...SOLVER, targetPerplexity: 0.25 } },
  ],
] as const)('picture and cells of a plan agree with its numbers: %s', async (name, change) => {
  const result = await align('self_attn.k_proj', change);
  const { key, rows, columns } = result;
  expect(result).toMatchObject({ plan: 'entropic', converged: true, rows: 64, columns: 64 });
  const plan = await engine.run('picture', { key, kind: 'plan', maxPixels: 64 });
  const costs = await engine.run('picture', { key, kind: 'cost', maxPixels: 64 });
  // Expected: the perplexity of the drawn plan, row by row.
  let [entropy, mass] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const values = plan.mean.subarray(row * columns, (row + 1) * columns);
    const sum = values.reduce((total, value) => total + value, 0);
    mass += sum;
    for (const value of values) if (value > 0) entropy -= value * Math.log(value / sum);
  }
  expect(Math.exp(entropy / mass) / result.planPerplexity).toBeCloseTo(1, 3);
  if (name !== 'unbalanced') expect(mass / rows).toBeCloseTo(1, 4);
  else expect(mass / rows).toBeLessThan(0.99);
  if (name === 'bisected to a perplexity') expect(result.planPerplexity / columns).toBeCloseTo(0.25, 2);
  for (const [row, column] of [
    [0, 0],
    [17, 40],
    [63, 2],
  ] as const) {
    const cell = await engine.run('cell', { key, row, column });
    expect(cell.cost).toBeCloseTo(costs.mean[row * columns + column] ?? Number.NaN, 4);
    expect(cell.mass).toBeCloseTo(plan.mean[row * columns + column] ?? Number.NaN, 4);
    expect(cell.bestColumns[0]?.index).toBe(result.argmax[row]);
  }
});
