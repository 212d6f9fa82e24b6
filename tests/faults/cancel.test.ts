import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/operations';
import { WasmBackend } from '../../src/backend/wasm/backend';
import { openShipped, recipeWith, reference } from '../engine';
import { DEFAULT_RECIPE } from '../../src/recipe/schema';
import type { JobEvent, JobName, Jobs } from '../../src/engine/jobs';
import { clear, JOBS, openSmall, run } from './jobs';
import { points } from './points';

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

/** A backend that calls `before` with the number, from 0, of every operation. */
function counting(inner: Backend, before: (operation: number) => void): Backend {
  let operations = 0;
  return new Proxy(inner, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || ['memory', 'free', 'countAs', 'dispose'].includes(String(name)))
        return value;
      return (...args: unknown[]): unknown => {
        before(operations++);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

describe('WebAssembly', () => {
  const slow = { ...DEFAULT_RECIPE.solver, epsilon: 0.01, tolerance: 1e-7, maxIterations: 20_000 };

  test.each([1, 2, 5])('aligning cancelled at event %i → nothing of it is left', async (event) => {
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

  test.each([1, 3, 12, 20])(
    'evaluating cancelled at event %i → only whole blocks are left for the next job',
    async (event) => {
      await engine.run('clear', {});
      await engine.run('evaluate', { recipe: null, ids });
      const before = await memory();
      await cancelAt(event, 'evaluate', {
        recipe: recipeWith({ method: 'opt-deus:hard', gaps: [2, 4] }),
        ids,
      });
      const after = await memory();
      // Blocks finished before the cancel are kept for the next job; unfinished ones are not.
      const finished = event === 20;
      expect(after.bytes > before.bytes).toBe(finished);
      await engine.run('clear', {});
      expect((await memory()).tensors).toBe(0);
    },
  );

  test('generating cancelled halfway → its cache is freed', async () => {
    await engine.run('evaluate', { recipe: null, ids });
    const before = await memory();
    const args = { recipe: null, ids: ids.slice(0, 4), maxTokens: 60, temperature: 0, topP: 1, seed: 0 };
    const events = await cancelAt(5, 'generate', args);
    expect(events.length).toBeLessThan(10);
    expect((await memory()).bytes).toBe(before.bytes);
  });

  test('exporting cancelled while it writes → no file is left', async () => {
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

  test('a job cancelled before its turn → it never starts, and the one before it ends', async () => {
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

  test('any job cancelled at any operation → it ends, leaves nothing on the device, and works again', async () => {
    let operation: (index: number) => void = () => undefined;
    let done = 0;
    const small = await openSmall(async () => counting(await WasmBackend.open(), () => operation(done++)));
    const problems: string[] = [];
    for (const [name, request] of Object.entries(JOBS).filter(([, [job]]) => job !== 'forecast')) {
      done = 0;
      const expected = await run(small, request);
      const count = done;
      let left = await clear(small);
      for (const at of points(count, 3)) {
        const controller = new AbortController();
        done = 0;
        operation = (index) => {
          if (index === at) controller.abort();
        };
        const ended: unknown = await run(small, request, { signal: controller.signal }).catch(
          (error: unknown) => error,
        );
        operation = () => undefined;
        const isAbort = (ended as Error).name === 'AbortError';
        if (!isAbort && !isDeepStrictEqual(ended, expected))
          problems.push(`${name}, ${at} of ${count}: ${String(ended)}`);
        const tensors = (await clear(small)) - left;
        if (tensors !== 0) problems.push(`${name}, ${at} of ${count}: ${tensors} tensors were left`);
        left += tensors;
      }
      if (!isDeepStrictEqual(await run(small, request), expected))
        problems.push(`${name}: another result afterwards`);
      await clear(small);
    }
    expect(problems).toEqual([]);
    small.dispose();
  });
});
