import { isNorm } from '../../llama/block';
import { type GapMethod, READS_FUSED } from '../contract/method';

/** Control for whether the direction of a new block's rows matters: random directions at the parents' norms. */
export const RANDOM: GapMethod = {
  id: 'random',
  group: 'Controls without a plan',
  title: 'Random rows',
  short: 'random',
  meaning:
    'Rows drawn at random and scaled to the parents’ norms, zeroed: the control for whether it matters what a new block starts from.',
  reads: [...READS_FUSED, 'seed'],
  parents: 'pair',
  zeroInit: true,
  trains: 'new',
  fill: async (assembly, context) => {
    // Fetched when first used, to keep the first load small.
    const { randomRows } = await import('./random-rows');
    return assembly.forEachTensor(async (key, previous, index) => {
      const next = assembly.nextTensor(key);
      if (isNorm(key)) return assembly.fuse(key, previous, next);
      return assembly.addComputed(key, await randomRows(context, { previous, next, index }));
    });
  },
};
