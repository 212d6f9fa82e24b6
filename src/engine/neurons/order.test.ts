import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { CpuBackend } from '../../backend/cpu/backend';
import { alignments } from '../aligning/alignments';
import { leaves } from './linkage';
import { order } from './order';
import { picture } from '../pictures/picture';
import { entropic, runner, solved, unsolved, workspaceOn, type Points } from '../aligning/testing';
import type { Workspace } from '../workspace/workspace';

const WIDTH = 6;

const points = (rows: number, seed: number): Points => ({
  rows,
  values: new Random(seed).normals(rows * WIDTH),
});

/** Reorders rows: row i of the result is row `permutation[i]`. */
function shuffled({ values, rows }: Points, permutation: Uint32Array): Points {
  const width = values.length / rows;
  const moved = Array.from(permutation, (row) => [...values.subarray(row * width, (row + 1) * width)]);
  return { rows, values: Float64Array.from(moved.flat()) };
}

const isPermutation = (values: Uint32Array, size: number): void =>
  expect([...values].sort((x, y) => x - y)).toEqual(Array.from({ length: size }, (_, i) => i));

describe.each(await openBackends())('on $name', (kind) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await workspaceOn(await kind.open());
  });
  afterAll(() => workspace.close());

  test.each(['entropic', 'exact', 'none'] as const)(
    'a shuffled copy sorted by assignment is the identity: %s',
    async (plan) => {
      const a = points(40, 1);
      const permutation = new Random(9).permutation(40);
      const solver = { entropic: entropic(0.1), exact: { kind: 'exact' } as const, none: undefined }[plan];
      const key = `shuffled ${plan}`;
      await solved(workspace, { key, a, b: shuffled(a, permutation), ...(solver ? { solver } : {}) });
      const places = await runner(workspace)(order, { key, order: 'matched' });
      expect(Array.from(places.columns, (column) => permutation[column])).toEqual([...places.rows]);
      isPermutation(places.rows, 40);
      const drawn = plan === 'none' ? 'permutation' : 'plan';
      const shown = await runner(workspace)(picture, { key, kind: drawn, order: 'matched', maxPixels: 64 });
      for (let row = 0; row < 40; row++) {
        const values = shown.max.subarray(row * 40, (row + 1) * 40);
        expect(values.indexOf(Math.max(...values))).toBe(row);
        expect(values[row]).toBeGreaterThan(0.9);
      }
    },
  );

  test('rows and columns are ordered by falling length', async () => {
    const [a, b] = [points(9, 3), points(14, 4)];
    await solved(workspace, { key: 'norms', a, b, solver: entropic(0.5) });
    const places = await runner(workspace)(order, { key: 'norms', order: 'norm' });
    for (const [{ values, rows }, found] of [
      [a, places.rows],
      [b, places.columns],
    ] as const) {
      const norms = Array.from({ length: rows }, (_, row) =>
        Math.hypot(...values.subarray(row * WIDTH, (row + 1) * WIDTH)),
      );
      expect([...found]).toEqual(Array.from(norms.keys()).sort((i, j) => (norms[j] ?? 0) - (norms[i] ?? 0)));
    }
  });

  test('clusters of both blocks stand together, in one order of clusters', async () => {
    // Four distant clusters, each with some rows of both blocks, shuffled.
    const [n, m, clusters] = [26, 35, 4];
    const random = new Random(5);
    const centres = random.normals(clusters * WIDTH, 20);
    const scattered = (rows: number): Points & { of: number[] } => {
      const of = Array.from({ length: rows }, (_, row) => (7 * row + 3) % clusters);
      const values = of.flatMap((cluster) =>
        Array.from({ length: WIDTH }, (_, k) => (centres[cluster * WIDTH + k] ?? 0) + random.normal()),
      );
      return { rows, of, values: Float64Array.from(values) };
    };
    const [a, b] = [scattered(n), scattered(m)];
    await solved(workspace, { key: 'clusters', a, b, solver: entropic(1) });
    const places = await runner(workspace)(order, { key: 'clusters', order: 'cluster' });
    isPermutation(places.rows, n);
    isPermutation(places.columns, m);
    const runs = (labels: (number | undefined)[]): (number | undefined)[] =>
      labels.filter((label, i) => label !== labels[i - 1]);
    const ofRows = runs(Array.from(places.rows, (row) => a.of[row]));
    const ofColumns = runs(Array.from(places.columns, (column) => b.of[column]));
    expect(ofRows).toHaveLength(clusters);
    expect(ofColumns).toEqual(ofRows);
  });
});

describe('orders', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await workspaceOn(new CpuBackend());
  });
  afterAll(() => workspace.close());

  test('a best column that two rows share goes to the one with more of it, the rest comes last', async () => {
    // Columns 0 and 1 are rows 2 and 0; row 1 is a little off row 2 and so loses column 0; column 2 is far from all.
    const a = { rows: 3, values: Float64Array.of(5, 0, 0.3, 0, 0, 0) };
    const b = { rows: 4, values: Float64Array.of(0, 0, 5, 0, -90, 9, 60, 9) };
    await solved(workspace, { key: 'shared', a, b });
    const alignment = workspace.get(alignments).get('shared');
    expect([...(alignment?.result?.argmax ?? [])]).toEqual([1, 0, 0]);
    const unassigned = await unsolved(workspace, { key: 'unassigned', a, b });
    if (alignment?.result) {
      const { assignment: _, ...result } = alignment.result;
      unassigned.result = result;
    }
    const places = await runner(workspace)(order, { key: 'unassigned', order: 'matched' });
    expect([...places.rows]).toEqual([0, 2, 1]);
    expect([...places.columns]).toEqual([1, 0, 2, 3]);
  });

  test('an order once found stays, and is the caller’s own', async () => {
    await solved(workspace, { key: 'stays', a: points(20, 6), b: points(20, 7), solver: entropic(0.4) });
    const first = await runner(workspace)(order, { key: 'stays', order: 'matched' });
    const kept = { rows: first.rows.slice(), columns: first.columns.slice() };
    first.rows.fill(0);
    first.columns.fill(0);
    expect(await runner(workspace)(order, { key: 'stays', order: 'matched' })).toEqual(kept);
    expect([...(await runner(workspace)(order, { key: 'stays', order: 'index' })).rows]).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  test('many neurons are ordered along what they differ in most', async () => {
    // One direction of the two matters; its sign is that of its largest entry.
    const random = new Random(11);
    const along = (rows: number): { place: Float64Array; points: Points } => {
      const place = random.normals(rows, 10);
      const values = Float64Array.from({ length: 2 * rows }, (_, i) => {
        const at = place[Math.floor(i / 2)] ?? 0;
        return 100 + (i % 2 === 0 ? 0.8 : 0.6) * at;
      });
      return { place, points: { rows, values } };
    };
    const [a, b] = [along(1025), along(1100)];
    await unsolved(workspace, { key: 'many', a: a.points, b: b.points, cost: { budgetBytes: 0 } });
    const places = await runner(workspace)(order, { key: 'many', order: 'cluster' });
    for (const [{ place }, found] of [
      [a, places.rows],
      [b, places.columns],
    ] as const) {
      isPermutation(found, place.length);
      for (let i = 1; i < found.length; i++) {
        // Neighbours closer than float32 precision may be in either order.
        const step = (place[found[i] ?? -1] ?? Number.NaN) - (place[found[i - 1] ?? -1] ?? Number.NaN);
        expect(step).toBeGreaterThan(-1e-3);
      }
    }
  });
});

describe('leaves', () => {
  const matrix = (places: readonly number[]): Float32Array =>
    Float32Array.from(places.flatMap((x) => places.map((y) => Math.abs(x - y))));

  test('of points on a line are in their order, or the reverse', () => {
    const places = [8, 0, 21, 1, 9.5, 20, 40, 3];
    const sorted = Array.from(places.keys()).sort((i, j) => (places[i] ?? 0) - (places[j] ?? 0));
    const found = leaves(matrix(places), places.length);
    expect([sorted, sorted.toReversed()]).toContainEqual(found);
  });

  test('are all points, also equal ones, few or none', () => {
    expect(leaves(new Float32Array(0), 0)).toEqual([]);
    expect(leaves(new Float32Array(1), 1)).toEqual([0]);
    expect(leaves(new Float32Array(25), 5).toSorted()).toEqual([0, 1, 2, 3, 4]);
    const random = new Random(3);
    const places = Array.from({ length: 200 }, () => Math.floor(10 * random.uniform()));
    const found = leaves(matrix(places), 200);
    isPermutation(Uint32Array.from(found), 200);
    const labels = found.map((i) => places[i]).filter((label, i, all) => label !== all[i - 1]);
    expect(labels).toHaveLength(new Set(places).size);
  });
});
