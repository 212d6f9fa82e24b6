import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShipped, recipeWith, reference } from '../../tests/engine';
import { DEFAULT_RECIPE } from '../recipe/schema';
import type { JobEvent, JobName, Jobs } from './jobs';

const engine = await openShipped();
const folder = await mkdtemp(join(tmpdir(), 'interlayer-'));
afterAll(() => rm(folder, { recursive: true }));

const ids = reference.forward.ids;
const memory = () => engine.run('memory', {});

// All weights are read first, because cached weights stay in memory after a job within their own budget.
beforeAll(() => engine.run('evaluate', { recipe: null, ids }));

/** Cancels a job at its n-th event. */
async function cancelAt<N extends JobName>(
  event: number,
  name: N,
  args: Jobs[N]['args'],
): Promise<JobEvent[]> {
  const controller = new AbortController();
  const events: JobEvent[] = [];
  const onEvent = (arrived: JobEvent): void => {
    events.push(arrived);
    if (events.length === event) controller.abort();
  };
  const job = engine.run(name, args, { signal: controller.signal, onEvent });
  await expect(job).rejects.toMatchObject({ name: 'AbortError' });
  return events;
}

const slow = { ...DEFAULT_RECIPE.solver, epsilon: 0.01, tolerance: 1e-7, maxIterations: 20_000 };

test.each([1, 2, 5])('an align cancelled at event %i leaves nothing', async (event) => {
  const before = await memory();
  const args = { recipe: recipeWith({ solver: slow }), gap: 4, tensor: 'mlp.down_proj' } as const;
  const events = await cancelAt(event, 'align', args);
  const { bytes, tensors } = await memory();
  expect({ bytes, tensors }).toEqual({ bytes: before.bytes, tensors: before.tensors });
  const [first] = events;
  const key = first?.type === 'frame' ? first.frame.key : '';
  await expect(engine.run('picture', { key, kind: 'plan', maxPixels: 8 })).rejects.toMatchObject({
    name: 'AlignmentGoneError',
  });
});

test.each([1, 3, 12, 20])('an evaluation cancelled at event %i leaves nothing', async (event) => {
  await engine.run('clear', {});
  await engine.run('evaluate', { recipe: null, ids });
  const before = await memory();
  await cancelAt(event, 'evaluate', { recipe: recipeWith({ method: 'opt-deus:hard', gaps: [2, 4] }), ids });
  const after = await memory();
  // Blocks finished before the cancel are kept for the next job; unfinished ones are not.
  const finished = event === 20;
  expect(after.bytes > before.bytes).toBe(finished);
  await engine.run('clear', {});
  expect((await memory()).tensors).toBe(0);
});

test('a generation cancelled halfway frees its cache', async () => {
  await engine.run('evaluate', { recipe: null, ids });
  const before = await memory();
  const args = { recipe: null, ids: ids.slice(0, 4), maxTokens: 60, temperature: 0, topP: 1, seed: 0 };
  const events = await cancelAt(5, 'generate', args);
  expect(events.length).toBeLessThan(10);
  expect((await memory()).bytes).toBe(before.bytes);
});

test('a cancelled export leaves no file', async () => {
  const recipe = recipeWith({ method: 'llama-pro', gaps: [2] });
  const path = join(folder, 'deeper');
  const controller = new AbortController();
  const onEvent = (event: JobEvent): void => {
    if (event.type === 'progress' && event.progress.label === 'Writing') controller.abort();
  };
  const job = engine.run(
    'export',
    { recipe, name: 'deeper', destination: { kind: 'folder', path } },
    { signal: controller.signal, onEvent },
  );
  await expect(job).rejects.toMatchObject({ name: 'AbortError' });
  expect(await readdir(folder)).toEqual([]);
});

test('a job cancelled before its turn never starts', async () => {
  const controller = new AbortController();
  const first = engine.run('evaluate', { recipe: null, ids });
  const events: JobEvent[] = [];
  const second = engine.run(
    'evaluate',
    { recipe: null, ids },
    { signal: controller.signal, onEvent: (event) => events.push(event) },
  );
  controller.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  expect((await first).tokens).toBe(96);
  expect(events).toEqual([]);
});
