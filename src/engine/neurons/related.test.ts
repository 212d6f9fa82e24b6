import { expect, test } from 'vitest';
import { openShipped, recipeWith, SHIPPED } from '../../../tests/engine';
import { Checkpoint } from '../../checkpoint/checkpoint';
import { decode } from '../../checkpoint/dtype';
import { FolderFiles } from '../../cli/folder';
import type { PlannedTensor } from '../jobs';

const engine = await openShipped();
const GAP = 3;

const align = (tensor: PlannedTensor, change: Parameters<typeof recipeWith>[0] = {}) =>
  engine.run('align', { recipe: recipeWith(change), gap: GAP, tensor });

/** Returns the neurons of a base block's tensor as rows, decoded independently of the engine. */
async function neurons(layer: number, tensor: PlannedTensor, axis: 'rows' | 'columns'): Promise<number[][]> {
  const checkpoint = await Checkpoint.open(new FolderFiles(SHIPPED));
  const name = `model.layers.${layer}.${tensor}.weight`;
  const [rows = 0, columns = 0] = checkpoint.tensors.get(name)?.shape ?? [];
  const values = decode(await checkpoint.read(name), 'BF16');
  const at = (row: number, column: number): number => values[row * columns + column] ?? Number.NaN;
  const range = (size: number) => Array.from({ length: size }, (_, i) => i);
  return axis === 'rows'
    ? range(rows).map((row) => range(columns).map((column) => at(row, column)))
    : range(columns).map((column) => range(rows).map((row) => at(row, column)));
}

async function rawPlace(tensor: PlannedTensor, axis: 'rows' | 'columns', row: number, column: number) {
  const [previous, next] = [await neurons(GAP, tensor, axis), await neurons(GAP + 1, tensor, axis)];
  const distance = (i: number, j: number): number =>
    Math.hypot(...(previous[i] ?? []).map((value, k) => value - (next[j]?.[k] ?? Number.NaN)));
  const cost = distance(row, column);
  return {
    cost,
    rankOfColumn: 1 + next.filter((_, j) => distance(row, j) < cost).length,
    rankOfRow: 1 + previous.filter((_, i) => distance(i, column) < cost).length,
  };
}

test('a pair of MLP units is found in the other two tensors, among the blocks’ own weights', async () => {
  const { key } = await align('mlp.gate_proj');
  const [row, column] = [7, 201];
  const found = await engine.run('related', { key, row, column });
  expect(found.map(({ tensor, axis }) => [tensor, axis])).toEqual([
    ['mlp.up_proj', 'rows'],
    ['mlp.down_proj', 'columns'],
  ]);
  for (const place of found) {
    expect(place.aligned).toBe(false);
    expect(place.mass).toBeUndefined();
    const expected = await rawPlace(place.tensor, place.axis, row, column);
    expect(place.cost).toBeCloseTo(expected.cost, 5);
    expect(place).toMatchObject({ rankOfColumn: expected.rankOfColumn, rankOfRow: expected.rankOfRow });
  }
});

test('where the other tensor has been aligned, its own cost and plan count', async () => {
  const { key } = await align('self_attn.k_proj');
  const other = await align('self_attn.v_proj');
  const [row, column] = [12, 30];
  const [place, ...more] = await engine.run('related', { key, row, column });
  expect(more).toEqual([]);
  const cell = await engine.run('cell', { key: other.key, row, column });
  expect(place).toMatchObject({ tensor: 'self_attn.v_proj', aligned: true, cost: cell.cost });
  expect(place?.mass).toBeCloseTo(cell.mass ?? Number.NaN, 6);
  // A plan of another recipe must not be used.
  const another = await align('self_attn.k_proj', { method: 'opt-deus:tf' });
  const [unaligned] = await engine.run('related', { key: another.key, row, column });
  expect(unaligned).toMatchObject({ tensor: 'self_attn.v_proj', aligned: false });
});

test('dimensions of the residual stream are rows of o and down; queries have no other place', async () => {
  const output = await align('self_attn.o_proj');
  const [place, ...more] = await engine.run('related', { key: output.key, row: 1, column: 2 });
  expect(more).toEqual([]);
  expect(place).toMatchObject({ tensor: 'mlp.down_proj', axis: 'rows' });
  expect(place).toMatchObject(await rawRanks('mlp.down_proj', 1, 2));
  const query = await align('self_attn.q_proj');
  expect(await engine.run('related', { key: query.key, row: 1, column: 2 })).toEqual([]);
  await expect(engine.run('related', { key: query.key, row: 128, column: 2 })).rejects.toThrow(
    /from 0 to 127/,
  );
  await engine.run('clear', {});
  expect(await engine.run('memory', {})).toMatchObject({ tensors: 0 });
});

async function rawRanks(tensor: PlannedTensor, row: number, column: number) {
  const { rankOfColumn, rankOfRow } = await rawPlace(tensor, 'rows', row, column);
  return { rankOfColumn, rankOfRow };
}
