import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/operations';
import { openBackends } from '../backends';
import { outcomeOf } from './run';

/** Draws of `npm run differential` that are quick and of many kinds. */
const DRAWS = [5, 12, 32, 35, 37, 41];
const SEED = 1;

const backends = new Map<string, Backend>();
beforeAll(async () => {
  for (const { name, open } of await openBackends()) backends.set(name, await open());
});
afterAll(() => {
  for (const backend of backends.values()) backend.dispose();
});

it.each(DRAWS)('draw %i has the float64 twin’s numbers on every backend', async (index) => {
  const { failures, compared } = await outcomeOf(backends, SEED, index);
  expect(failures).toEqual([]);
  expect(Object.values(compared).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
});
