import { expect, test } from 'vitest';
import { openShipped, reference } from '../../../tests/engine';

const engine = await openShipped();
const { ids } = reference.forward;
const shuffled = (part: 'units' | 'groups' | 'values' | 'rows', block = 0) =>
  engine.run('shuffled', { block, part, ids, oneWindow: true });

test.each(['units', 'groups', 'values'] as const)(
  'a block computes the same with its %s shuffled',
  async (part) => {
    for (const block of [0, 5]) {
      const { base, shuffled: loss, tokens } = await shuffled(part, block);
      expect(Math.abs(base - reference.forward.mean_nll)).toBeLessThan(1e-5);
      expect(Math.abs(loss - base)).toBeLessThan(1e-5);
      expect(tokens).toBe(96);
    }
  },
);

test('RoPE tells the rows of q and k apart', async () => {
  const { base, shuffled: loss } = await shuffled('rows', 5);
  expect(loss - base).toBeGreaterThan(0.02);
});

test('a block that the model does not have is refused', async () => {
  await expect(shuffled('units', 8)).rejects.toMatchObject({ name: 'RequestError' });
});
