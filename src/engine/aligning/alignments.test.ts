import { expect, test } from 'vitest';
import { CpuBackend } from '../../backend/cpu/backend';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { CostMatrix } from '../../transport/cost';
import { Alignment } from './alignment';
import { Alignments } from './alignments';

const backend = new CpuBackend();

/** Makes an alignment of 1536 bytes: twice 16 rows of 4 numbers, and a 16 × 16 cost. */
async function alignment(key: string): Promise<Alignment> {
  const a = backend.zeros([16, 4], 'a');
  const b = backend.zeros([16, 4], 'b');
  const free = (): void => backend.free(a, b);
  const cost = await CostMatrix.build(backend, a, b);
  const spec = { key, recipe: DEFAULT_RECIPE, gap: 0, tensor: 'mlp.up_proj' } as const;
  return new Alignment(backend, { spec, solver: undefined, a, b, free }, cost);
}

const BYTES = 1536;
const TENSORS = 3;

test('the least recently used alignments make room', async () => {
  const kept = new Alignments(new Map(), 3 * BYTES);
  for (const key of ['a', 'b', 'c']) kept.add(await alignment(key));
  expect(backend.memory().tensors).toBe(3 * TENSORS);
  kept.get('a');
  kept.add(await alignment('d'));
  expect(backend.memory().tensors).toBe(3 * TENSORS);
  expect(['a', 'b', 'c', 'd'].map((key) => kept.get(key)?.key)).toEqual(['a', undefined, 'c', 'd']);
  kept.makeRoom(2 * BYTES);
  expect(kept.get('d')).toBeDefined();
  expect(kept.get('c')).toBeUndefined();
  expect(() => kept.require('c')).toThrow(/align again/);
  kept.clear();
  expect(backend.memory().tensors).toBe(0);
});

test('one that is larger than the budget stays while it is the newest', async () => {
  const kept = new Alignments(new Map(), 10);
  kept.add(await alignment('a'));
  expect(kept.get('a')).toBeDefined();
  kept.add(await alignment('b'));
  expect(kept.get('a')).toBeUndefined();
  expect(kept.get('b')).toBeDefined();
  kept.clear();
  expect(backend.memory().tensors).toBe(0);
});

test('one that is made again replaces the one before, which its users keep until they are done', async () => {
  const kept = new Alignments();
  const before = await alignment('a');
  const after = await alignment('a');
  kept.add(before);
  await before.pinned(async () => {
    kept.add(after);
    kept.remove(before);
    expect(kept.get('a')).toBe(after);
    expect(backend.memory().tensors).toBe(2 * TENSORS);
  });
  expect(backend.memory().tensors).toBe(TENSORS);
  kept.clear();
});

test('one that is dropped while in use is freed after its last use', async () => {
  const kept = new Alignments(new Map(), BYTES);
  const used = await alignment('a');
  kept.add(used);
  await used.pinned(async () => {
    await used.pinned(async () => kept.clear());
    expect(backend.memory().tensors).toBe(TENSORS);
    expect((await used.cost.readAll()).every((value) => value === 0)).toBe(true);
  });
  expect(backend.memory().tensors).toBe(0);
});
