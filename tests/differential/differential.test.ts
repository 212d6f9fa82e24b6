import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/operations';
import { openBackends } from '../backends';
import { outcomeOf } from './run';

/** Draws of `npm run differential` that are quick and of many kinds. */
const DRAWS = [5, 12, 32, 35, 37, 41];
/** Those of them that a software adapter draws, too. */
const SLOW_DRAWS: ReadonlySet<number> = new Set([5, 37]);
const SEED = 1;

const [all, quick] = [new Map<string, Backend>(), new Map<string, Backend>()];
beforeAll(async () => {
  for (const { name, slow, open } of await openBackends()) {
    const backend = await open();
    all.set(name, backend);
    if (!slow) quick.set(name, backend);
  }
});
afterAll(() => {
  for (const backend of all.values()) backend.dispose();
});

it.each(DRAWS)('draw %i has the float64 twin’s numbers on every backend', async (index) => {
  const backends = SLOW_DRAWS.has(index) ? all : quick;
  const { failures, compared } = await outcomeOf(backends, SEED, index);
  expect(failures).toEqual([]);
  expect(Object.values(compared).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
});
