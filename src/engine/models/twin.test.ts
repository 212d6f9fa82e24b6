import { expect, test } from 'vitest';
import { openShipped, reference } from '../../../tests/engine';

const engine = await openShipped();
const { ids } = reference.forward;

test.each([0, 4, 7])(
  'block %i survives its shuffle, breaks when averaged with it, and heals',
  async (block) => {
    const labels = new Set<string>();
    const { losses, found, tokens, seed, backend } = await engine.run(
      'twin',
      { block, ids, oneWindow: true },
      { onEvent: (event) => event.type === 'progress' && labels.add(event.progress.label) },
    );
    expect(Math.abs(losses.base - reference.forward.mean_nll)).toBeLessThan(1e-5);
    expect(Math.abs(losses.copy - losses.base)).toBeLessThan(1e-5);
    expect(losses.average - losses.base).toBeGreaterThan(0.02);
    expect(losses.aligned).toBe(losses.base);
    expect(found).toEqual({
      units: { right: 384, of: 384 },
      heads: { right: 4, of: 4 },
      values: { right: 64, of: 64 },
    });
    expect({ tokens, seed, backend }).toEqual({ tokens: 96, seed: 0, backend: 'cpu' });
    expect(labels).toContain('Finding the order');
  },
);

test('another seed is another shuffle', async () => {
  const average = async (seed: number): Promise<number> =>
    (await engine.run('twin', { block: 4, seed, ids, oneWindow: true })).losses.average;
  expect(await average(1)).not.toBe(await average(2));
});

test('a block or a seed that cannot be is refused, and a cancelled job leaves nothing behind', async () => {
  const run = (change: object, signal?: AbortSignal) =>
    engine.run('twin', { block: 4, ids, oneWindow: true, ...change }, signal ? { signal } : {});
  for (const change of [{ block: 8 }, { block: -1 }, { block: 1.5 }, { seed: -1 }, { seed: 0.5 }])
    await expect(run(change)).rejects.toMatchObject({ name: 'RequestError' });
  await engine.run('clear', {});
  const before = await engine.run('memory', {});
  await expect(run({}, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await run({});
  await engine.run('clear', {});
  expect(await engine.run('memory', {})).toEqual(before);
});
