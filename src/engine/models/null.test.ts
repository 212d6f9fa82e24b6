import { expect, test } from 'vitest';
import { openShipped, recipeWith } from '../../../tests/engine';
import type { NullMeasure, PlannedTensor } from '../jobs';

const engine = await openShipped();

/** Gap 6|7 of the shipped model as computed with NumPy: matched mass and mean exact cost, of the rows and of their null. */
const NUMPY = [
  ['self_attn.q_proj', 0.113, 0.072, 1.222, 1.292],
  ['self_attn.k_proj', 0.151, 0.102, 1.192, 1.262],
  ['self_attn.v_proj', 0.158, 0.126, 1.551, 1.582],
  ['self_attn.o_proj', 0.092, 0.089, 1.524, 1.535],
  ['mlp.gate_proj', 0.067, 0.05, 1.398, 1.468],
  ['mlp.up_proj', 0.08, 0.058, 1.493, 1.524],
] as const;

const numbersOf = (measure: NullMeasure | undefined) => {
  if (measure === undefined || measure.reason !== undefined)
    throw new Error(`expected numbers, got ${measure?.reason}`);
  const { matchedMass: mass, exactCost: cost, transportCost: transport } = measure;
  if (!mass || !cost || !transport) throw new Error('expected a plan of at most 512 rows');
  return { ...measure, mass, cost, transport };
};

test('the shipped model is a little more aligned than its null', async () => {
  const progress: number[] = [];
  const measures = await engine.run(
    'null',
    { recipe: recipeWith({}), gap: 6, stored: true },
    { onEvent: (event) => event.type === 'progress' && progress.push(event.progress.fraction ?? Number.NaN) },
  );
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);
  for (const [tensor, mass, nullMass, cost, nullCost] of NUMPY) {
    const got = numbersOf(measures.find((measure) => measure.tensor === tensor));
    expect(Math.abs(got.mass.real - mass), tensor).toBeLessThan(0.0006);
    expect(Math.abs(got.cost.real - cost), tensor).toBeLessThan(0.0006);
    expect(Math.abs(got.mass.mean - nullMass), tensor).toBeLessThan(0.01);
    expect(Math.abs(got.cost.mean - nullCost), tensor).toBeLessThan(0.01);
    expect(got.mass.excess).toBe(got.mass.real - got.mass.mean);
    expect(got.cost.excess).toBe(1 - got.cost.real / got.cost.mean);
    // 1 to 6 % of the cost.
    expect(got.cost.excess).toBeGreaterThan(0.005);
    expect(got.cost.excess).toBeLessThan(0.06);
  }
});

test('the input map of the MLP is part of the problem unless rows are asked for as stored', async () => {
  const tensors: PlannedTensor[] = ['mlp.up_proj'];
  const [mapped] = await engine.run('null', { recipe: recipeWith({}), gap: 6, tensors, draws: 2 });
  const [stored] = await engine.run('null', {
    recipe: recipeWith({}),
    gap: 6,
    tensors,
    draws: 2,
    stored: true,
  });
  // A plan that is all but uniform: nothing is matched, in the null as little.
  expect(numbersOf(mapped).mass.real).toBeLessThan(0.01);
  expect(numbersOf(mapped).mass.excess).toBeLessThan(0.001);
  expect(numbersOf(stored).mass.excess).toBeGreaterThan(0.01);
  // The same numbers as the alignment on show, and as its null.
  const shown = await engine.run('align', { recipe: recipeWith({}), gap: 6, tensor: 'mlp.up_proj' });
  expect(numbersOf(mapped).transport.real).toBeCloseTo(shown.transportCost, 5);
  for (const draw of [0, 1]) {
    const against = { kind: 'null', draw } as const;
    const drawn = await engine.run('align', {
      recipe: recipeWith({}),
      gap: 6,
      tensor: 'mlp.up_proj',
      against,
    });
    expect(numbersOf(mapped).transport.draws[draw]).toBeCloseTo(drawn.transportCost, 5);
    expect(numbersOf(mapped).cost.draws[draw]).toBeCloseTo(drawn.exactCost ?? Number.NaN, 5);
  }
});

test('a shuffled copy is all alignment at a small ε', async () => {
  const solver = { ...recipeWith({}).solver, epsilon: 0.02 };
  const [v] = await engine.run('null', {
    recipe: recipeWith({ solver }),
    gap: 6,
    tensors: ['self_attn.v_proj'],
    against: { kind: 'copy', seed: 3 },
    draws: 2,
  });
  expect(numbersOf(v).mass.real).toBeGreaterThan(0.999);
  expect(numbersOf(v).mass.mean).toBeLessThan(0.6);
  expect(numbersOf(v).cost).toMatchObject({ real: 0, excess: 1 });
});

test('where there is no null the reason is given, and wrong requests are refused', async () => {
  const cost = { ...recipeWith({}).cost, features: 'activations' } as const;
  const reasons = async (change: Parameters<typeof recipeWith>[0]) =>
    (await engine.run('null', { recipe: recipeWith(change), gap: 6, draws: 2 })).map(({ reason }) => reason);
  for (const reason of await reasons({ cost })) expect(reason).toMatch(/tokens/);
  const structured = await reasons({ method: 'opt-deus:structured' });
  expect(structured.map((reason) => reason?.includes('heads'))).toEqual([
    ...Array.from({ length: 4 }, () => true),
    ...Array.from({ length: 3 }, () => undefined),
  ]);
  const asked = { recipe: recipeWith({}), gap: 6 };
  for (const draws of [0, 1, 2.5, 101, Number.NaN])
    await expect(engine.run('null', { ...asked, draws })).rejects.toMatchObject({ name: 'RequestError' });
  await expect(engine.run('null', { ...asked, tensors: ['nothing' as PlannedTensor] })).rejects.toMatchObject(
    {
      name: 'RequestError',
    },
  );
  await expect(engine.run('null', { ...asked, gap: 7 })).rejects.toMatchObject({ name: 'GapError' });
});
