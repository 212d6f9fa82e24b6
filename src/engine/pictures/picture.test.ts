import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { ORDERS } from '../../recipe/view';
import { alignments } from '../aligning/alignments';
import { order } from '../neurons/order';
import type { NeuronOrder, Picture, PictureRequest } from '../jobs';
import { picture } from './picture';
import { entropic, runner, solved, workspaceOn, type Points } from '../aligning/testing';
import type { Workspace } from '../workspace/workspace';

const points = (rows: number, width: number, seed: number): Points => ({
  rows,
  values: new Random(seed).normals(rows * width),
});

const [N, M, WIDTH] = [29, 41, 7];
const EPSILON = 0.2;

/** Keys of the alignments: stored matrix; matrix computed in bands of five rows; another plan of the same neurons. */
const KEPT = 'kept';
const BANDS = 'in bands';
const OTHER = 'other';
const EXACT = 'exact';

const window = (rowStart: number, rowEnd: number, columnStart: number, columnEnd: number) => ({
  rowStart,
  rowEnd,
  columnStart,
  columnEnd,
});
const WINDOWS = [window(0, N, 0, M), window(3, 20, 17, 41), window(28, 29, 40, 41), window(11, 12, 0, M)];

describe.each(await openBackends())('on $name', (kind) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await workspaceOn(await kind.open());
    const [a, b] = [points(N, WIDTH, 1), points(M, WIDTH, 2)];
    const bandBytes = 5 * 4 * M;
    await solved(workspace, { key: KEPT, a, b, solver: entropic(EPSILON) });
    await solved(workspace, {
      key: BANDS,
      a,
      b,
      solver: entropic(EPSILON),
      cost: { budgetBytes: 0, bandBytes },
    });
    await solved(workspace, { key: OTHER, a, b, solver: entropic(3 * EPSILON) });
    await solved(workspace, { key: EXACT, a, b, solver: { kind: 'exact' } });
  });
  afterAll(() => workspace.close());

  const draw = (request: Omit<PictureRequest, 'maxPixels'> & { maxPixels?: number }): Promise<Picture> =>
    runner(workspace)(picture, { maxPixels: 64, ...request });
  const orderOf = (key: string, name: (typeof ORDERS)[number]): Promise<NeuronOrder> =>
    runner(workspace)(order, { key, order: name });
  const whole = (key: string, shownKind: 'cost' | 'plan'): Promise<Picture> =>
    draw({ key, kind: shownKind, halfStep: 4 });

  test.each([KEPT, BANDS])(
    'cells of a window in any order are those of the whole, bit for bit: %s',
    async (key) => {
      for (const shownKind of ['cost', 'plan'] as const) {
        const all = await whole(key, shownKind);
        expect([all.width, all.height]).toEqual([M, N]);
        for (const name of ORDERS) {
          const places = await orderOf(key, name);
          for (const asked of WINDOWS) {
            const shown = await draw({ key, kind: shownKind, halfStep: 4, order: name, window: asked });
            expect([shown.height, shown.width]).toEqual([
              asked.rowEnd - asked.rowStart,
              asked.columnEnd - asked.columnStart,
            ]);
            const expected = Float32Array.from(shown.max, (_, at) => {
              const row = places.rows[asked.rowStart + Math.floor(at / shown.width)] ?? -1;
              const column = places.columns[asked.columnStart + (at % shown.width)] ?? -1;
              return all.max[row * M + column] ?? Number.NaN;
            });
            expect(shown.max).toEqual(expected);
            expect(shown.mean).toEqual(expected);
            expect(shown.low).toBe(Math.min(...expected));
            expect(shown.high).toBe(Math.max(...expected));
          }
        }
      }
    },
  );

  test.each([KEPT, BANDS])('a pooled picture in an order pools the cells of that order: %s', async (key) => {
    const all = await whole(key, 'plan');
    const places = await orderOf(key, 'norm');
    const asked = window(2, 27, 5, 38);
    const shown = await draw({ key, kind: 'plan', halfStep: 4, order: 'norm', window: asked, maxPixels: 6 });
    expect([shown.height, shown.width]).toEqual([6, 6]);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) {
        const cells: number[] = [];
        for (let i = Math.floor((y * 25) / 6); i < Math.ceil(((y + 1) * 25) / 6); i++) {
          for (let j = Math.floor((x * 33) / 6); j < Math.ceil(((x + 1) * 33) / 6); j++) {
            cells.push(all.max[(places.rows[2 + i] ?? -1) * M + (places.columns[5 + j] ?? -1)] ?? Number.NaN);
          }
        }
        const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
        expect(shown.max[y * 6 + x]).toBe(Math.max(...cells));
        expect(shown.mean[y * 6 + x]).toBeCloseTo(mean, 5);
      }
    }
  });

  test.each([KEPT, BANDS])(
    'masses and the largest of each row are the whole matrix’s, by place: %s',
    async (key) => {
      for (const shownKind of ['cost', 'plan'] as const) {
        const all = await whole(key, shownKind);
        const rowOf = (row: number): number[] => Array.from(all.max.subarray(row * M, (row + 1) * M));
        for (const name of ['index', 'norm'] as const) {
          const places = await orderOf(key, name);
          const asked = window(4, 14, 20, 23);
          const shown = await draw({
            key,
            kind: shownKind,
            halfStep: 4,
            order: name,
            window: asked,
            maxPixels: 4,
          });
          expect(shown.rowHigh).toHaveLength(4);
          shown.rowHigh?.forEach((high, y) => {
            const covered = [];
            for (let i = Math.floor((y * 10) / 4); i < Math.ceil(((y + 1) * 10) / 4); i++)
              covered.push(...rowOf(places.rows[4 + i] ?? -1));
            expect(high / Math.max(...covered)).toBeCloseTo(1, 5);
          });
          if (shownKind === 'cost') {
            expect(shown.rowMass).toBeUndefined();
            continue;
          }
          expect(shown.rowMass).toHaveLength(N);
          expect(shown.columnMass).toHaveLength(M);
          for (const place of [0, 5, N - 1]) {
            const mass = rowOf(places.rows[place] ?? -1).reduce((sum, value) => sum + value, 0);
            expect(shown.rowMass?.[place]).toBeCloseTo(mass, 4);
            const column = places.columns[place] ?? -1;
            const below = Array.from({ length: N }, (_, row) => all.max[row * M + column] ?? Number.NaN);
            expect(shown.columnMass?.[place]).toBeCloseTo(
              below.reduce((sum, value) => sum + value, 0),
              4,
            );
          }
        }
      }
    },
  );

  test('a difference is the one plan minus the other, cell by cell and pooled', async () => {
    const [plan, other] = [await draw({ key: KEPT, kind: 'plan' }), await draw({ key: OTHER, kind: 'plan' })];
    const expected = plan.max.map((value, i) => value - (other.max[i] ?? Number.NaN));
    const minus = { key: OTHER };
    for (const key of [KEPT, BANDS]) {
      const shown = await draw({ key, kind: 'difference', minus });
      shown.max.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5));
      expect(shown.mean).toEqual(shown.max);
      expect(shown.low).toBeLessThan(0);
      expect(shown.high).toBeGreaterThan(0);
      shown.rowHigh?.forEach((high, row) => {
        const inRow = Array.from(expected.subarray(row * M, (row + 1) * M), Math.abs);
        expect(high).toBeCloseTo(Math.max(...inRow), 5);
      });
      const places = await orderOf(key, 'matched');
      const pooled = await draw({ key, kind: 'difference', minus, order: 'matched', maxPixels: 3 });
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          const cells: number[] = [];
          for (let i = Math.floor((y * N) / 3); i < Math.ceil(((y + 1) * N) / 3); i++) {
            for (let j = Math.floor((x * M) / 3); j < Math.ceil(((x + 1) * M) / 3); j++)
              cells.push(expected[(places.rows[i] ?? -1) * M + (places.columns[j] ?? -1)] ?? Number.NaN);
          }
          const most = cells.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
          expect(pooled.max[y * 3 + x]).toBeCloseTo(most, 5);
        }
      }
    }
    const none = await draw({ key: KEPT, kind: 'difference', minus: { key: KEPT } });
    expect(none.max.every((value) => value === 0)).toBe(true);
    const steps = await draw({
      key: KEPT,
      kind: 'difference',
      halfStep: 2,
      minus: { key: KEPT, halfStep: 6 },
    });
    const [early, late] = [
      await draw({ key: KEPT, kind: 'plan', halfStep: 2 }),
      await draw({ key: KEPT, kind: 'plan', halfStep: 6 }),
    ];
    expect(steps.halfStep).toBe(2);
    steps.max.forEach((value, i) =>
      expect(value).toBeCloseTo((early.max[i] ?? Number.NaN) - (late.max[i] ?? Number.NaN), 5),
    );
  });

  test('a permutation is drawn in an order, and taken from a plan', async () => {
    const exact = await draw({ key: EXACT, kind: 'plan' });
    const plan = await draw({ key: KEPT, kind: 'plan' });
    const places = await orderOf(EXACT, 'matched');
    const shown = await draw({ key: EXACT, kind: 'permutation', order: 'matched' });
    const diagonal = Float32Array.from(shown.max, (_, at) => (at % M === Math.floor(at / M) ? 1 : 0));
    expect(shown.max).toEqual(diagonal);
    expect(shown.rowHigh).toEqual(new Float32Array(N).fill(1));
    for (const [key, minus, sign] of [
      [KEPT, { key: EXACT }, 1],
      [EXACT, { key: KEPT }, -1],
    ] as const) {
      const difference = await draw({ key, kind: 'difference', minus });
      difference.max.forEach((value, i) => {
        const expected = sign * ((plan.max[i] ?? Number.NaN) - (exact.max[i] ?? Number.NaN));
        expect(value).toBeCloseTo(expected, 5);
      });
    }
    const [row, column] = [places.rows[0] ?? -1, places.columns[0] ?? -1];
    expect(exact.max[row * M + column]).toBe(1);
    const zero = await draw({ key: EXACT, kind: 'difference', minus: { key: EXACT }, order: 'cluster' });
    expect(zero.max.every((value) => value === 0)).toBe(true);
  });

  test('an overview of a cost that is not kept is kept itself, as an array of its own', async () => {
    const first = await draw({ key: BANDS, kind: 'plan', maxPixels: 8 });
    const repeated = await draw({ key: BANDS, kind: 'plan', maxPixels: 8 });
    expect(repeated).toEqual(first);
    expect(repeated.max.buffer).not.toBe(first.max.buffer);
    first.max.fill(7);
    first.rowMass?.fill(7);
    expect(await draw({ key: BANDS, kind: 'plan', maxPixels: 8 })).toEqual(repeated);
    const other = await draw({ key: BANDS, kind: 'plan', maxPixels: 8, halfStep: 1 });
    expect(other.max).not.toEqual(repeated.max);
  });

  test('what makes no sense is refused, and nothing is left behind', async () => {
    const { backend } = workspace;
    const before = backend.memory().tensors;
    const refused = (request: object) =>
      expect(draw({ key: KEPT, kind: 'cost', ...request })).rejects.toMatchObject({ name: 'RequestError' });
    await refused({ kind: 'difference' });
    await refused({ minus: { key: OTHER } });
    await refused({ order: 'sideways' });
    await refused({ window: window(0, N + 1, 0, 1) });
    await refused({ window: window(3, 3, 0, 1), order: 'norm' });
    const small = await solved(workspace, {
      key: 'small',
      a: points(5, WIDTH, 3),
      b: points(5, WIDTH, 4),
      solver: entropic(EPSILON),
    });
    await refused({ kind: 'difference', minus: { key: 'small' } });
    workspace.get(alignments).remove(small);
    await expect(draw({ key: KEPT, kind: 'difference', minus: { key: 'gone' } })).rejects.toMatchObject({
      name: 'AlignmentGoneError',
    });
    expect(backend.memory().tensors).toBe(before);
  });
});
