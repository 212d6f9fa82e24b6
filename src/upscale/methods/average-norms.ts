import { isNorm } from '../../llama/block';
import { isCompanionNorm } from '../block/companions';
import { PLANNED_TENSORS } from '../block/planned';
import type { GapMethod } from '../contract/method';
import { AVERAGE_ZERO } from './average';

/**
 * The mean of both parents, each row scaled to the parents' mean norm. Averaging nearly orthogonal rows loses about 29 % of
 * their norm (method.md 5.1); this restores it without matching. Biases are scaled with their rows, norm gains averaged.
 */
export const AVERAGE_NORMS: GapMethod = {
  ...AVERAGE_ZERO,
  id: 'average:norms',
  title: 'Average at the parents’ norms',
  short: 'average, norms',
  meaning:
    'The plain mean with every row scaled to the mean of its parents’ norms, zeroed: the control for whether a method gains by matching neurons or by not shrinking them.',
  fill: async (assembly, context) => {
    // Fetched when first used, to keep the first load small.
    const { fuse } = await import('../structured/fusion');
    const repairing = { ...context, structured: { ...context.structured, repairNorms: true } };
    await assembly.forEachTensor((key, weight) => {
      if (isNorm(key))
        return isCompanionNorm(context.config, key)
          ? undefined
          : assembly.fuse(key, weight, assembly.nextTensor(key));
      // `fuse` makes a bias with its weight.
      const tensor = PLANNED_TENSORS.find((name) => key === `${name}.weight`);
      return tensor && fuse(repairing, assembly, tensor, { weight });
    });
  },
};
