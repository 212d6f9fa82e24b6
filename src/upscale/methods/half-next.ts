import { type GapMethod, READS_FUSED } from '../contract/method';

/**
 * Control for `opt-deus:literal`, which should give nearly the same block: its unscaled plan shrinks the previous block to
 * almost nothing (method.md 4 and 5). The first norm is the mean of both parents' norms; the second is ¼ of the previous
 * block's plus ½ of the next's.
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
  like: 'next',
  zeroInit: true,
  trains: 'new',
  fill: (assembly, context) => {
    const { backend, alpha } = context;
    return assembly.forEachTensor((key, previous) => {
      const next = assembly.nextTensor(key);
      if (key === 'input_layernorm.weight') return assembly.fuse(key, previous, next);
      // Only the identity of the mixed map ½T + ½I remains.
      if (key === 'post_attention_layernorm.weight')
        return assembly.addComputed(key, backend.weightedSum(previous, alpha / 2, next, 1 - alpha));
      return assembly.addComputed(key, backend.weightedSum(next, 1 - alpha));
    });
  },
};
