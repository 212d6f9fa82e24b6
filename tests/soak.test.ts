import { expect, test } from 'vitest';
import { runCycles } from '../soak/cycles';

/** As many as three devices serve, so that two are given back. */
const CYCLES = 12;

test('opening, aligning, evaluating and closing leaves nothing behind', async () => {
  const { idle } = await runCycles({ backend: 'cpu', cycles: CYCLES });
  const [first, last] = [idle[0], idle.at(-1)];
  expect(idle).toHaveLength(3);
  expect(last).toMatchObject({ cycle: CYCLES, deviceBytes: 0, tensors: 0 });
  expect(last?.pooledBytes).toBe(first?.pooledBytes);
  expect(last?.resources).toBe(first?.resources);
  // Code that is still being optimised takes some; one leaked cost matrix of a cycle would be ten times as much.
  expect(last?.buffers).toBeLessThan((first?.buffers ?? 0) + 2 ** 20);
  expect(last?.heap).toBeLessThan((first?.heap ?? 0) + 4 * 2 ** 20);
});
