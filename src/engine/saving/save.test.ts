import { afterAll, describe, expect, test } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { alignments } from '../aligning/alignments';
import type { SavedArray } from '../jobs';
import { picture } from '../pictures/picture';
import { save } from './save';
import { entropic, runner, solved, workspaceOn } from '../aligning/testing';

const [N, M, WIDTH] = [21, 34, 4];
const points = (rows: number, seed: number) => ({ rows, values: new Random(seed).normals(rows * WIDTH) });
const [A, B] = [points(N, 1), points(M, 2)];

/** Parses a NumPy file by the specification (numpy.lib.format), independently of the writer. */
async function parse({
  blob,
}: SavedArray): Promise<{ shape: number[]; values: number[]; bytes: Uint8Array }> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const view = new DataView(bytes.buffer);
  expect(String.fromCharCode(...bytes.slice(1, 6))).toBe('NUMPY');
  expect([bytes[0], bytes[6], bytes[7]]).toEqual([0x93, 1, 0]);
  const start = 10 + view.getUint16(8, true);
  expect(start % 64).toBe(0);
  const header = new TextDecoder('latin1').decode(bytes.slice(10, start));
  expect(header.endsWith('\n')).toBe(true);
  const match = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]+)\), \} *\n$/.exec(header);
  const shape = (match?.[1] ?? '')
    .split(',')
    .map((size) => size.trim())
    .filter(Boolean)
    .map(Number);
  const values = [];
  for (let at = start; at < bytes.length; at += 4) values.push(view.getFloat32(at, true));
  return { shape, values, bytes };
}

describe.each(await openBackends())('on $name', async (kind) => {
  const workspace = await workspaceOn(await kind.open());
  afterAll(() => workspace.close());
  const run = runner(workspace);
  const bands = { budgetBytes: 0, bandBytes: 6 * 4 * M };
  const alignment = await solved(workspace, { key: 'plan', a: A, b: B, solver: entropic(0.3), cost: bands });
  await solved(workspace, { key: 'exact', a: A, b: B, solver: { kind: 'exact' } });
  await solved(workspace, { key: 'square', a: A, b: points(N, 5), solver: entropic(0.3) });
  await solved(workspace, { key: 'none', a: A, b: B });

  test('a saved cost and plan are what is drawn', async () => {
    const cost = await run(save, { key: 'plan', what: 'cost' });
    const drawn = await run(picture, { key: 'plan', kind: 'cost', maxPixels: 64 });
    expect(await parse(cost)).toMatchObject({ shape: [N, M], values: Array.from(drawn.max) });
    expect(cost).toMatchObject({ shape: [N, M], name: 'gap-0-mlp.up_proj-cost.npy' });
    for (const halfStep of [3, alignment.result?.halfSteps ?? 0]) {
      const saved = await run(save, { key: 'plan', what: 'plan', halfStep });
      expect(saved.name).toBe(`gap-0-mlp.up_proj-plan-half-step-${halfStep}.npy`);
      const shown = await run(picture, { key: 'plan', kind: 'plan', halfStep, maxPixels: 64 });
      const { values } = await parse(saved);
      expect(Float32Array.from(values, (value) => value * N)).toEqual(shown.max);
    }
    const last = await parse(await run(save, { key: 'plan', what: 'plan' }));
    expect(last.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
  });

  test('potentials are saved one after the other, in two rows where they are as many', async () => {
    const { f, g } = await alignment.snapshotAt(5, undefined);
    const uneven = await parse(await run(save, { key: 'plan', what: 'potentials', halfStep: 5 }));
    expect(uneven).toMatchObject({ shape: [N + M], values: [...f, ...g] });
    const even = await parse(await run(save, { key: 'square', what: 'potentials' }));
    expect(even.shape).toEqual([2, N]);
  });

  test('an exact plan is saved as one', async () => {
    const { values } = await parse(await run(save, { key: 'exact', what: 'plan' }));
    const argmax = workspace.get(alignments).require('exact').result?.argmax;
    expect(values).toEqual(
      values.map((_, i) => (argmax?.[Math.floor(i / M)] === i % M ? Math.fround(1 / N) : 0)),
    );
  });

  test('what there is not cannot be saved', async () => {
    await expect(run(save, { key: 'none', what: 'plan' })).rejects.toThrow(/got one without/);
    await expect(run(save, { key: 'exact', what: 'potentials' })).rejects.toThrow(/permutation/);
    expect((await run(save, { key: 'none', what: 'cost' })).shape).toEqual([N, M]);
  });
});
