import { expect, test } from 'vitest';
import { losableBackend, openShipped, recipeWith, testEnvironment } from '../../../tests/engine';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import type { Engine } from '../engine';
import type { AlignRequest, AlignResult } from '../jobs';

const engine = await openShipped();

const request = (epsilon: number, change: object = {}): AlignRequest => ({
  recipe: recipeWith({ solver: { ...DEFAULT_RECIPE.solver, epsilon, tolerance: 1e-6 } }),
  gap: 3,
  tensor: 'self_attn.k_proj',
  ...change,
});

const planOf = async ({ key }: AlignResult, of: Engine = engine): Promise<Float32Array> =>
  (await of.run('picture', { key, kind: 'plan', maxPixels: 64 })).max;

const distance = (x: Float32Array, y: Float32Array): number =>
  x.reduce((most, value, i) => Math.max(most, Math.abs(value - (y[i] ?? Number.NaN))), 0);

test.each([
  [0.06, 0.05],
  [0.06, 0.12],
  [0.5, 0.015],
])('from ε = %f to %f it arrives at the plan of a fresh solve', async (before, after) => {
  const start = await engine.run('align', request(before));
  expect(start.continued).toBeUndefined();
  const fresh = await engine.run('align', request(after));
  const continued = await engine.run('align', { ...request(after), from: { key: start.key } });
  expect(continued).toMatchObject({ continued: true, converged: true, epsilon: after });
  expect(continued.key).not.toBe(fresh.key);
  expect(distance(await planOf(continued), await planOf(fresh))).toBeLessThan(2e-3);
  expect(continued.planPerplexity / fresh.planPerplexity).toBeCloseTo(1, 3);
  expect(continued.transportCost).toBeCloseTo(fresh.transportCost, 4);
  // Its first frame has the potentials it started from, at the first stage of the new ε.
  const first = await engine.run('cell', { key: continued.key, row: 3, column: 4, halfStep: 0 });
  const last = await engine.run('cell', { key: start.key, row: 3, column: 4 });
  expect([first.f, first.g]).toEqual([last.f, last.g]);
  const repeated = await engine.run('align', { ...request(after), from: { key: start.key } });
  expect(repeated).toEqual(continued);
});

test('from an absurd ε it starts afresh, because its potentials hold nothing of the cost', async () => {
  const start = await engine.run('align', request(1e30));
  const fresh = await engine.run('align', request(0.041));
  const result = await engine.run('align', { ...request(0.041), from: { key: start.key } });
  expect(result.continued).toBeUndefined();
  expect(result).toMatchObject({ converged: true, halfSteps: fresh.halfSteps });
  expect(distance(await planOf(result), await planOf(fresh))).toBe(0);
});

test('an ε that overflows is refused with the advice to choose a smaller one', async () => {
  await expect(engine.run('align', request(Number.MAX_VALUE))).rejects.toThrow(/Choose a smaller ε/);
});

test('a small change takes fewer half-steps than a fresh start', async () => {
  const start = await engine.run('align', request(0.06));
  const fresh = await engine.run('align', request(0.058));
  const continued = await engine.run('align', { ...request(0.058), from: { key: start.key } });
  expect(continued.halfSteps).toBeLessThan(fresh.halfSteps);
});

test('it goes on from a solve that was cancelled', async () => {
  const cancel = new AbortController();
  let key = '';
  let halfStep = -1;
  const solving = engine.run('align', request(0.021), {
    signal: cancel.signal,
    onEvent: (event) => {
      if (event.type !== 'frame') return;
      ({ key, halfStep } = event.frame);
      if (halfStep > 4) cancel.abort();
    },
  });
  await expect(solving).rejects.toMatchObject({ name: 'AbortError' });
  expect(halfStep).toBeGreaterThan(4);
  const continued = await engine.run('align', { ...request(0.03), from: { key } });
  const fresh = await engine.run('align', request(0.03));
  expect(continued.continued).toBe(true);
  expect(distance(await planOf(continued), await planOf(fresh))).toBeLessThan(2e-3);
});

test('where there is nothing to go on from the solve starts as usual', async () => {
  const fresh = await engine.run('align', request(0.07));
  const gone = await engine.run('align', { ...request(0.07), from: { key: 'gone' } });
  expect(gone).toEqual(fresh);
  const progot = {
    recipe: recipeWith({ solver: { ...DEFAULT_RECIPE.solver, kind: 'progot' as const, steps: 2 } }),
  };
  const plain = await engine.run('align', request(0.07, progot));
  const asked = await engine.run('align', { ...request(0.07, progot), from: { key: fresh.key } });
  expect(asked.continued).toBeUndefined();
  expect(asked.transportCost).toBe(plain.transportCost);
  const other = { ...request(0.07), tensor: 'mlp.up_proj' as const, from: { key: fresh.key } };
  await expect(engine.run('align', other)).rejects.toMatchObject({ name: 'RequestError' });
});

test('one that went on from another is made again on a new device, from the same potentials', async () => {
  const opened: ReturnType<typeof losableBackend>[] = [];
  const make = (lostAt: number) =>
    openShipped(
      testEnvironment(async () => {
        const backend = losableBackend(opened.length === 0 ? lostAt : Infinity);
        opened.push(backend);
        return backend;
      }),
    );
  const run = async (of: Engine): Promise<AlignResult> => {
    const start = await of.run('align', request(0.06));
    return of.run('align', { ...request(0.05), from: { key: start.key } });
  };
  const whole = await make(Infinity);
  const continued = await run(whole);
  const expected = await planOf(continued, whole);
  const operations = opened[0]?.operations ?? 0;
  opened.length = 0;
  const fragile = await make(operations - 3);
  const { key } = await run(fragile);
  expect(opened).toHaveLength(1);
  expect(await planOf({ ...continued, key }, fragile)).toEqual(expected);
  expect(opened).toHaveLength(2);
});
