import { expect, test } from 'vitest';
import { openShipped, recipeWith } from '../../../tests/engine';
import type { Against } from '../../recipe/against';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import type { AlignResult, PlannedTensor } from '../jobs';
import { GAP, rowsOf } from './testing-shipped';

const engine = await openShipped();
const sharp = { solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.01 } };

const align = (tensor: PlannedTensor, against: Against, change: Partial<Recipe> = {}): Promise<AlignResult> =>
  engine.run('align', { recipe: recipeWith(change), gap: GAP, tensor, against });

const columnOf = async ({ key }: AlignResult, column: number): Promise<number[]> =>
  Array.from((await engine.run('cell', { key, row: 0, column })).columnWeights);

const ascending = (values: Iterable<number>): number[] => Array.from(values).toSorted((a, b) => a - b);

test('the null has the rows of the next block with their entries in another order, drawn anew by draw and seed', async () => {
  const tensor = 'self_attn.k_proj';
  const real = await align(tensor, { kind: 'next' });
  const draws = [
    await align(tensor, { kind: 'null', draw: 0 }),
    await align(tensor, { kind: 'null', draw: 1 }),
    await align(tensor, { kind: 'null', draw: 0 }, { seed: 1 }),
  ];
  expect(await engine.run('align', { recipe: recipeWith({}), gap: GAP, tensor })).toEqual(real);
  expect(await align(tensor, { kind: 'null', draw: 0 })).toEqual(draws[0]);
  expect(new Set([real, ...draws].map(({ key }) => key)).size).toBe(4);
  const rows = await rowsOf(GAP + 1, tensor);
  const seen = new Set<string>();
  for (const column of [0, 63]) {
    const row = rows[column] ?? [];
    for (const draw of [real, ...draws]) {
      const values = await columnOf(draw, column);
      expect(ascending(values)).toEqual(ascending(row));
      seen.add(values.join());
    }
  }
  expect(seen.size).toBe(8);
  for (const { exactCost = 0 } of draws) expect(exactCost).toBeGreaterThan((real.exactCost ?? 0) + 0.01);
});

test.each(['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'] as const)(
  'every row of %s finds itself in the shuffled copy',
  async (tensor) => {
    const result = await align(tensor, { kind: 'copy', seed: 5 }, sharp);
    expect(result.exactCost).toBe(0);
    expect(result.planPerplexity).toBeLessThan(1.001);
    expect(result.argmax).toEqual(result.assignment);
    expect(Array.from(result.argmax.keys())).not.toEqual(Array.from(result.argmax));
    const rows = await rowsOf(GAP, tensor);
    for (const row of [0, 1, result.rows - 1])
      expect(await columnOf(result, result.argmax[row] ?? 0)).toEqual(Array.from(rows[row] ?? []));
    // Two groups of two heads have but one other order.
    const other = await align('self_attn.v_proj', { kind: 'copy', seed: 6 }, sharp);
    expect(other.assignment).not.toEqual(result.assignment);
  },
);

test('units of the MLP find themselves where their inputs are compared as they are', async () => {
  const structured = await align(
    'mlp.gate_proj',
    { kind: 'copy', seed: 5 },
    { method: 'opt-deus:structured' },
  );
  expect(structured.exactCost).toBe(0);
  expect(structured.argmax).toEqual(structured.assignment);
  // o_proj's rows are in place; its inputs are shuffled, which the flow of OpT-DeUS does not see.
  const outputs = await align('self_attn.o_proj', { kind: 'copy', seed: 5 });
  expect(outputs.exactCost).toBeGreaterThan(0.1);
});

test('a null or a copy that cannot be is refused by name', async () => {
  const cost = { ...DEFAULT_RECIPE.cost, features: 'activations' } as const;
  const refused = (tensor: PlannedTensor, against: Against, change: Partial<Recipe>) =>
    expect(align(tensor, against, change)).rejects.toMatchObject({ name: 'UpscaleError' });
  await refused('mlp.gate_proj', { kind: 'null', draw: 0 }, { cost });
  await refused('mlp.gate_proj', { kind: 'copy', seed: 0 }, { cost });
  for (const tensor of ['self_attn.q_proj', 'self_attn.v_proj'] as const)
    await refused(tensor, { kind: 'null', draw: 0 }, { method: 'opt-deus:structured' });
  // Without plans weights are compared, whatever the recipe says of activations.
  expect((await align('mlp.gate_proj', { kind: 'null', draw: 0 }, { method: 'average', cost })).plan).toBe(
    'none',
  );
});

test('a pair of neurons has no relatives where its columns are shuffled', async () => {
  const { key } = await align('self_attn.k_proj', { kind: 'copy', seed: 5 }, sharp);
  expect(await engine.run('related', { key, row: 0, column: 0 })).toEqual([]);
  const { key: next } = await align('self_attn.k_proj', { kind: 'next' }, sharp);
  await align('self_attn.v_proj', { kind: 'copy', seed: 5 }, sharp);
  expect(
    (await engine.run('related', { key: next, row: 0, column: 0 })).map(({ aligned }) => aligned),
  ).toEqual([false]);
});

test('saved arrays of a null or a copy are named by it', async () => {
  const names: string[] = [];
  for (const against of [{ kind: 'next' }, { kind: 'null', draw: 2 }, { kind: 'copy', seed: 5 }] as const) {
    const { key } = await align('self_attn.k_proj', against);
    names.push((await engine.run('save', { key, what: 'cost' })).name);
  }
  expect(names).toEqual([
    `gap-${GAP}-self_attn.k_proj-cost.npy`,
    `gap-${GAP}-self_attn.k_proj-null-2-cost.npy`,
    `gap-${GAP}-self_attn.k_proj-copy-5-cost.npy`,
  ]);
});
