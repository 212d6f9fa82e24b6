import { type GapMethod, READS_FUSED } from '../contract/method';

/**
 * What OpT-DeUS as released comes to when its unscaled plan has shrunk the previous block to nothing (method.md 4 and 5):
 * the control that `opt-deus:literal` must be indistinguishable from. The first norm is the mean of both parents', the
 * second a quarter of the previous block's and half of the next's.
 */
export const HALF_NEXT: GapMethod = {
  id: 'half-next',
  group: 'Controls without a plan',
  title: 'Next block at half scale',
  short: 'half next',
  meaning:
    'Every matrix is the next block’s at half scale: what the released script comes to once its plan has shrunk the previous block to nothing.',
  reads: READS_FUSED,
  parents: 'pair',
  zeroInit: true,
  trains: 'new',
  fill: (assembly, context) => {
    const { backend, alpha } = context;
    return assembly.forEachTensor((key, previous) => {
      const next = assembly.nextTensor(key);
      if (key === 'input_layernorm.weight') return assembly.fuse(key, previous, next);
      // Of the mixed map ½T + ½I only the identity is left.
      if (key === 'post_attention_layernorm.weight')
        return assembly.addComputed(key, backend.weightedSum(previous, alpha / 2, next, 1 - alpha));
      return assembly.addComputed(key, backend.weightedSum(next, 1 - alpha));
    });
  },
};
