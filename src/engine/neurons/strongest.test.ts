import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { alignments } from '../aligning/alignments';
import { picture } from '../pictures/picture';
import { strongest } from './strongest';
import { entropic, runner, solved, workspaceOn } from '../aligning/testing';
import type { Workspace } from '../workspace/workspace';

const [N, M, WIDTH] = [23, 31, 4];
const points = (rows: number, seed: number) => ({ rows, values: new Random(seed).normals(rows * WIDTH) });
const [A, B] = [points(N, 1), points(M, 2)];

describe.each(await openBackends())('on $name', (kind) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await workspaceOn(await kind.open());
    const bands = { budgetBytes: 0, bandBytes: 4 * 4 * M };
    await solved(workspace, { key: 'plan', a: A, b: B, solver: entropic(0.3) });
    await solved(workspace, { key: 'bands', a: A, b: B, solver: entropic(0.3), cost: bands });
    await solved(workspace, { key: 'cost', a: A, b: B });
    await solved(workspace, { key: 'exact', a: A, b: B, solver: { kind: 'exact' } });
  });
  afterAll(() => workspace.close());

  test.each([
    ['plan', undefined, undefined, undefined],
    ['plan', 3, undefined, undefined],
    ['bands', undefined, undefined, undefined],
    ['bands', undefined, 7, undefined],
    ['plan', undefined, undefined, 30],
    ['cost', undefined, undefined, undefined],
    ['cost', undefined, 0, undefined],
    ['cost', undefined, 4, 5],
  ] as const)(
    'are the first of all cells in order: %s, half-step %s, row %s, column %s',
    async (...asked) => {
      const [key, halfStep, row, column] = asked;
      const isCost = key === 'cost';
      const at = halfStep === undefined ? {} : { halfStep };
      const shown = await runner(workspace)(picture, {
        key,
        kind: isCost ? 'cost' : 'plan',
        ...at,
        maxPixels: 64,
      });
      const cells = Array.from(shown.max, (value, i) => ({ value, row: Math.floor(i / M), column: i % M }))
        .filter((cell) => (row ?? cell.row) === cell.row && (column ?? cell.column) === cell.column)
        .sort((x, y) => (isCost ? x.value - y.value : y.value - x.value) || x.row - y.row);
      for (const count of [1, 10, 40, 4096]) {
        const expected = cells.slice(0, count);
        const found = await runner(workspace)(strongest, {
          key,
          count,
          ...at,
          ...(row === undefined ? {} : { row }),
          ...(column === undefined ? {} : { column }),
        });
        expect(Array.from(found.values)).toEqual(expected.map(({ value }) => value));
        expect(Array.from(found.rows)).toEqual(expected.map((cell) => cell.row));
        expect(Array.from(found.columns)).toEqual(expected.map((cell) => cell.column));
      }
    },
  );

  test('those of a permutation are its pairs, the nearest first', async () => {
    const { result } = workspace.get(alignments).require('exact');
    const costs = (await runner(workspace)(picture, { key: 'exact', kind: 'cost', maxPixels: 64 })).max;
    const found = await runner(workspace)(strongest, { key: 'exact', count: 1000 });
    expect(found.rows).toHaveLength(N);
    const ofPairs = Array.from(found.rows, (row, i) => {
      expect(result?.argmax[row]).toBe(found.columns[i]);
      return costs[row * M + (found.columns[i] ?? -1)] ?? Number.NaN;
    });
    expect(ofPairs).toEqual(ofPairs.toSorted((x, y) => x - y));
    expect(found.values).toEqual(new Float32Array(N).fill(1));
    const one = await runner(workspace)(strongest, { key: 'exact', count: 5, row: 3 });
    expect([...one.rows, ...one.columns]).toEqual([3, result?.argmax[3]]);
  });

  test('what makes no sense is refused', async () => {
    const refused = (request: object) =>
      expect(runner(workspace)(strongest, { key: 'plan', count: 5, ...request })).rejects.toMatchObject({
        name: 'RequestError',
      });
    await refused({ count: 0 });
    await refused({ count: 1e9 });
    await refused({ row: N });
    await refused({ column: -1 });
  });
});
