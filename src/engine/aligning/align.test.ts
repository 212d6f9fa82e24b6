import { expect, test } from 'vitest';
import { openShipped, recipeWith, reference } from '../../../tests/engine';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { type AlignResult, PLANNED_TENSORS, type PlannedTensor } from '../jobs';
import { costsOf, GAP } from './testing-shipped';

const engine = await openShipped();

const align = (tensor: PlannedTensor, change: Parameters<typeof recipeWith>[0] = {}): Promise<AlignResult> =>
  engine.run('align', { recipe: recipeWith(change), gap: GAP, tensor });

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

function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

test.each([
  ['opt-deus:paper', 'self_attn.q_proj'],
  ['opt-deus:paper', 'self_attn.o_proj'],
  ['average', 'mlp.up_proj'],
] as const)('%s says mean and deviation of all costs of %s', async (method, tensor) => {
  const { costMean, costDeviation } = await align(tensor, { method });
  const { mean, deviation } = momentsOf((await costsOf(tensor)).flat());
  expect(costMean / mean).toBeCloseTo(1, 6);
  expect(costDeviation / deviation).toBeCloseTo(1, 5);
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

test('an alignment that is held is answered at once, with arrays of its own', async () => {
  const first = await align('self_attn.k_proj');
  const frames: unknown[] = [];
  const repeated = await engine.run(
    'align',
    { recipe: recipeWith({}), gap: GAP, tensor: 'self_attn.k_proj' },
    { onEvent: (event) => frames.push(event) },
  );
  expect(repeated).toEqual(first);
  expect(repeated.argmax.buffer).not.toBe(first.argmax.buffer);
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
  // tf uses the recipe's ε; relative uses a share of the cost's spread.
  if (variant === 'tf') expect(result.epsilon).toBe(DEFAULT_RECIPE.solver.epsilon);
  else {
    const { deviation } = momentsOf((await costsOf('self_attn.k_proj')).flat());
    expect(result.epsilon / (0.05 * deviation)).toBeCloseTo(1, 5);
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
