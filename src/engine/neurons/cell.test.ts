import { expect, test } from 'vitest';
import { openShipped, recipeWith } from '../../../tests/engine';
import { costsOf, GAP, rowsOf, sinkhorn } from '../aligning/testing-shipped';

const engine = await openShipped();

test('a cell gives its cost, mass, potentials, weights and best partners', async () => {
  const { key, epsilon, halfSteps } = await engine.run('align', {
    recipe: recipeWith({}),
    gap: GAP,
    tensor: 'self_attn.k_proj',
  });
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
