import { isNorm } from '../../llama/block';
import { architectureOf } from '../../llama/config';
import { isCompanionNorm } from '../block/companions';
import { shiftedGain } from '../block/gains';
import { type GapMethod, READS_FUSED } from '../contract/method';

/**
 * Control for `opt-deus:literal`, which should give nearly the same block: its unscaled plan shrinks the previous block to
 * almost nothing (method.md 4 and 5). The norm before the MLP is ¼ of the previous block's plus ½ of the next's; norms that move
 * with a projection are the next block's at half scale, as it is; all others are the mean of both parents' norms.
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
    const { backend, config, alpha } = context;
    const { norms, gainOffset } = architectureOf(config);
    return assembly.forEachTensor((key, previous) => {
      const next = assembly.nextTensor(key);
      // Only the identity of the mixed map ½T + ½I remains.
      if (key === `${norms.beforeMlp}.weight`) {
        const sum = backend.weightedSum(previous, alpha / 2, next, 1 - alpha);
        if (gainOffset === 0) return assembly.addComputed(key, sum);
        const acting = shiftedGain(backend, sum, (-alpha / 2) * gainOffset);
        backend.free(sum);
        return assembly.addComputed(key, acting);
      }
      if (isNorm(key) && !isCompanionNorm(config, key)) return assembly.fuse(key, previous, next);
      return assembly.addComputed(key, backend.weightedSum(next, 1 - alpha));
    });
  },
};
