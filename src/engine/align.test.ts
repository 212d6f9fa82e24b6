import { expect, test } from 'vitest';
import { openShipped, recipeWith, reference } from '../../tests/engine';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { Checkpoint } from '../checkpoint/checkpoint';
import { decode } from '../checkpoint/dtype';
import { FolderFiles } from '../cli/folder';
import { SHIPPED } from '../../tests/engine';
import type { AlignFrame, AlignResult, Picture } from './jobs';
import { PLANNED_TENSORS, type PlannedTensor } from './jobs';

const engine = await openShipped();
const GAP = 3;

const align = (tensor: PlannedTensor, change: Parameters<typeof recipeWith>[0] = {}): Promise<AlignResult> =>
  engine.run('align', { recipe: recipeWith(change), gap: GAP, tensor });

/** Rows of a base block's tensor, decoded here. */
async function rowsOf(layer: number, tensor: PlannedTensor): Promise<Float64Array[]> {
  const checkpoint = await Checkpoint.open(new FolderFiles(SHIPPED));
  const name = `model.layers.${layer}.${tensor}.weight`;
  const [rows = 0, columns = 0] = checkpoint.tensors.get(name)?.shape ?? [];
  const values = Float64Array.from(decode(await checkpoint.read(name), 'BF16'));
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

const distance = (x: Float64Array, y: Float64Array): number =>
  Math.sqrt(x.reduce((sum, value, i) => sum + (value - (y[i] ?? Number.NaN)) ** 2, 0));

async function costsOf(tensor: PlannedTensor): Promise<number[][]> {
  const [previous, next] = [await rowsOf(GAP, tensor), await rowsOf(GAP + 1, tensor)];
  return previous.map((row) => next.map((other) => distance(row, other)));
}

/** Half-steps of Sinkhorn's algorithm in float64, columns first, as scaling vectors. */
function sinkhorn(costs: number[][], epsilon: number, halfSteps: number): number[][] {
  const n = costs.length;
  const kernel = costs.map((row) => row.map((cost) => Math.exp(-cost / epsilon)));
  const u = new Float64Array(n).fill(1);
  const v = new Float64Array(n).fill(1);
  for (let step = 1; step <= halfSteps; step++) {
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let l = 0; l < n; l++)
        sum += step % 2 === 1 ? (u[l] ?? 0) * (kernel[l]?.[k] ?? 0) : (kernel[k]?.[l] ?? 0) * (v[l] ?? 0);
      (step % 2 === 1 ? v : u)[k] = 1 / (n * sum);
    }
  }
  return kernel.map((row, i) => row.map((value, j) => (u[i] ?? 0) * value * (v[j] ?? 0)));
}

const largestError = (values: Float32Array, expected: readonly number[]): number =>
  expected.reduce((worst, value, i) => Math.max(worst, Math.abs((values[i] ?? Number.NaN) - value)), 0);

test.each(PLANNED_TENSORS)('the plan of %s is the reference solution', async (tensor) => {
  const plan = reference.blocks[GAP]?.['paper']?.plans[tensor];
  if (!plan) throw new Error('no reference');
  const [n = 0] = plan.sample.shape;
  const result = await align(tensor);
  expect(result).toMatchObject({
    gap: GAP,
    tensor,
    method: 'opt-deus:paper',
    plan: 'entropic',
    rows: n,
    columns: n,
  });
  expect(result.converged).toBe(true);
  expect(result.backend).toBe('cpu');
  expect(result.marginalError).toBeLessThanOrEqual(1e-5);
  expect(result.planPerplexity / plan.perplexity).toBeCloseTo(1, 4);
  expect(result.transportCost).toBeCloseTo(plan.transport_cost, 5);
  expect(result.errors).toHaveLength(result.halfSteps + 1);
  expect(result.exactCost).toBeLessThan(result.transportCost);

  const shown = await engine.run('picture', { key: result.key, kind: 'plan', maxPixels: 1024 });
  expect([shown.width, shown.height]).toEqual([n, n]);
  for (const [i, index] of plan.sample.index.entries()) {
    expect(
      Math.abs((shown.max[index] ?? Number.NaN) - n * (plan.sample.value[i] ?? Number.NaN)),
    ).toBeLessThan(1e-3);
  }
});

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

test('a cell gives its cost, mass, potentials, weights and best partners', async () => {
  const { key, epsilon, halfSteps } = await align('self_attn.k_proj');
  const [previous, next] = [await rowsOf(GAP, 'self_attn.k_proj'), await rowsOf(GAP + 1, 'self_attn.k_proj')];
  const costs = await costsOf('self_attn.k_proj');
  const n = costs.length;
  const plan = sinkhorn(costs, epsilon, halfSteps);
  const cell = await engine.run('cell', { key, row: 5, column: 17 });
  expect(cell.halfStep).toBe(halfSteps);
  expect(cell.cost).toBeCloseTo(costs[5]?.[17] ?? Number.NaN, 5);
  expect(cell.mass).toBeCloseTo(n * (plan[5]?.[17] ?? Number.NaN), 4);
  expect(Math.exp(((cell.f ?? 0) + (cell.g ?? 0) - cell.cost) / epsilon) * n).toBeCloseTo(
    cell.mass ?? Number.NaN,
    6,
  );
  expect(Array.from(cell.rowWeights)).toEqual(Array.from(previous[5] ?? []));
  expect(Array.from(cell.columnWeights)).toEqual(Array.from(next[17] ?? []));
  const ranked = (values: number[]): number[] =>
    values
      .map((value, index) => ({ value, index }))
      .sort((a, b) => b.value - a.value)
      .slice(0, 5)
      .map(({ index }) => index);
  expect(cell.bestColumns.map(({ index }) => index)).toEqual(ranked(plan[5] ?? []));
  expect(cell.bestRows.map(({ index }) => index)).toEqual(ranked(plan.map((row) => row[17] ?? 0)));
  expect(cell.bestColumns[0]?.value).toBeCloseTo(n * Math.max(...(plan[5] ?? [])), 4);
});

test('an exact permutation is the reference assignment', async () => {
  const expected = reference.blocks[GAP]?.['hard']?.plans['self_attn.o_proj'];
  const result = await align('self_attn.o_proj', { method: 'opt-deus:hard' });
  expect(result).toMatchObject({
    plan: 'permutation',
    planPerplexity: 1,
    marginalError: 0,
    iterations: 0,
    halfSteps: 0,
  });
  expect(Array.from(result.assignment ?? [])).toEqual(expected?.assignment);
  expect(result.transportCost).toBeCloseTo(expected?.transport_cost ?? Number.NaN, 5);
  for (const kind of ['plan', 'permutation'] as const) {
    const shown = await engine.run('picture', { key: result.key, kind, maxPixels: 1024 });
    const ones = Array.from(shown.max.keys()).filter((i) => shown.max[i] === 1);
    expect(ones).toEqual(expected?.assignment?.map((column, row) => row * 128 + column));
    expect(shown.max.reduce((sum, value) => sum + value, 0)).toBe(128);
  }
  const column = result.argmax[7] ?? 0;
  const cell = await engine.run('cell', { key: result.key, row: 7, column });
  expect(cell).toMatchObject({
    mass: 1,
    bestColumns: [{ index: column, value: 1 }],
    bestRows: [{ index: 7, value: 1 }],
  });
  expect(await engine.run('cell', { key: result.key, row: 8, column })).toMatchObject({ mass: 0 });
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

test('a method without plans shows cost and exact permutation, and no plan', async () => {
  const result = await align('self_attn.v_proj', { method: 'average' });
  expect(result).toMatchObject({ plan: 'none', planPerplexity: Number.NaN, errors: [] });
  const costs = await costsOf('self_attn.v_proj');
  expect(Array.from(result.argmax)).toEqual(costs.map((row) => row.indexOf(Math.min(...row))));
  const assigned = Array.from(result.assignment ?? []);
  expect(assigned.toSorted((a, b) => a - b)).toEqual(costs.map((_, i) => i));
  const mean = assigned.reduce((sum, column, row) => sum + (costs[row]?.[column] ?? 0), 0) / costs.length;
  expect(result.exactCost).toBeCloseTo(mean, 5);
  await expect(engine.run('picture', { key: result.key, kind: 'plan', maxPixels: 8 })).rejects.toThrow(
    /without/,
  );
  const cell = await engine.run('cell', { key: result.key, row: 2, column: 3 });
  expect(cell.mass).toBeUndefined();
  expect(cell.bestColumns.map(({ value }) => value)).toEqual(
    cell.bestColumns.map(({ value }) => value).toSorted((a, b) => a - b),
  );
  expect(cell.bestColumns[0]?.index).toBe(result.argmax[2]);
});

test('pictures and memory are answered while a solve runs, and agree with those after it', async () => {
  const log: string[] = [];
  const early: Promise<Picture>[] = [];
  const frames: AlignFrame[] = [];
  const recipe = recipeWith({
    solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.02, tolerance: 1e-7, maxIterations: 200 },
  });
  const solving = engine
    .run(
      'align',
      { recipe, gap: GAP, tensor: 'self_attn.q_proj' },
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

test('an alignment that is held is answered at once, with arrays of its own', async () => {
  const first = await align('self_attn.k_proj');
  const frames: unknown[] = [];
  const again = await engine.run(
    'align',
    { recipe: recipeWith({}), gap: GAP, tensor: 'self_attn.k_proj' },
    { onEvent: (event) => frames.push(event) },
  );
  expect(again).toEqual(first);
  expect(again.argmax.buffer).not.toBe(first.argmax.buffer);
  expect(frames).toEqual([]);
});

test('another seed is another start to the same plan', async () => {
  const zero = await align('self_attn.k_proj');
  const seeded = await align('self_attn.k_proj', { seed: 7 });
  expect(seeded.key).not.toBe(zero.key);
  expect(seeded.planPerplexity / zero.planPerplexity).toBeCloseTo(1, 4);
  const [a, b] = await Promise.all(
    [zero, seeded].map(({ key }) => engine.run('picture', { key, kind: 'plan', halfStep: 1, maxPixels: 64 })),
  );
  expect(a?.max).not.toEqual(b?.max);
});

test('a wrong request is refused by name', async () => {
  const { key } = await align('self_attn.k_proj');
  const picture = (change: object): Promise<unknown> =>
    engine.run('picture', { key, kind: 'cost', maxPixels: 8, ...change });
  const window = { rowStart: 0, rowEnd: 65, columnStart: 0, columnEnd: 64 };
  await expect(picture({ window })).rejects.toMatchObject({ name: 'RequestError' });
  await expect(picture({ maxPixels: 4096 })).rejects.toMatchObject({ name: 'RequestError' });
  await expect(picture({ key: 'nothing' })).rejects.toMatchObject({ name: 'AlignmentGoneError' });
  await expect(engine.run('cell', { key, row: 64, column: 0 })).rejects.toMatchObject({
    name: 'RequestError',
  });
  const at = (gap: number): Promise<unknown> =>
    engine.run('align', { recipe: recipeWith({}), gap, tensor: 'mlp.up_proj' });
  await expect(at(7)).rejects.toMatchObject({ name: 'GapError' });
  await expect(at(-1)).rejects.toMatchObject({ name: 'GapError' });
  const recipe = recipeWith({
    solver: { ...DEFAULT_RECIPE.solver, epsilon: 0, tolerance: 1e-5, maxIterations: 10 },
  });
  await expect(engine.run('align', { recipe, gap: 0, tensor: 'mlp.up_proj' })).rejects.toMatchObject({
    name: 'RecipeError',
  });
});

test.each([
  ['tf', { method: 'opt-deus:tf' }],
  ['relative', { method: 'opt-deus:relative' }],
] as const)('%s is aligned by its own cost and ε', async (variant, change) => {
  const plan = reference.blocks[GAP]?.[variant]?.plans['self_attn.k_proj'];
  const result = await align('self_attn.k_proj', change);
  expect(result.converged).toBe(true);
  expect(result.planPerplexity / (plan?.perplexity ?? 0)).toBeCloseTo(1, 3);
  expect(result.transportCost / (plan?.transport_cost ?? 0)).toBeCloseTo(1, 3);
  // The ε of tf is the recipe's; that of relative is a share of the cost's spread.
  if (variant === 'tf') expect(result.epsilon).toBe(DEFAULT_RECIPE.solver.epsilon);
  else {
    const costs = (await costsOf('self_attn.k_proj')).flat();
    const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
    const spread = Math.sqrt(costs.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / costs.length);
    expect(result.epsilon / (0.05 * spread)).toBeCloseTo(1, 5);
  }
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
  // The perplexity of the plan that is drawn, row by row.
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

test('a recipe may ask for exact plans, and look at other parents', async () => {
  const exact = { ...DEFAULT_RECIPE.solver, kind: 'exact' } as const;
  const result = await align('self_attn.k_proj', { solver: exact });
  expect(result).toMatchObject({ plan: 'permutation', planPerplexity: 1, epsilon: 0 });
  const same = await align('self_attn.k_proj', { solver: exact, parents: { [GAP]: [5, 5] } });
  expect([...same.argmax]).toEqual(Array.from({ length: 64 }, (_, i) => i));
  expect(same.transportCost).toBe(0);
});
