import { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutput } from '../block/block-tensor';
import type { GapMethod } from '../contract/method';

/**
 * What OpT-DeUS as released comes to when its unscaled plan has shrunk the previous block to nothing (method.md 4 and 5):
 * the control that `opt-deus:literal` must be indistinguishable from.
 */
export const HALF_NEXT: GapMethod = {
  id: 'half-next',
  title: 'Next block at half scale (control)',
  trains: 'new',
  parents: 'pair',
  zeroInit: true,
  flow: undefined,
  description:
    'Every matrix is the next block’s at half scale. The first norm is the mean of both parents, the second a quarter of ' +
    'the previous block’s and half of the next’s.',
  make(context) {
    const { backend, previous, alpha, zeroInit, signal } = context;
    const assembly = new BlockAssembly(context, this.id);
    return assembly.build(async () => {
      let done = 0;
      for (const [key, tensor] of previous) {
        signal?.throwIfAborted();
        context.onTensor?.(key, done++ / previous.size);
        const next = blockTensor(assembly.next, key);
        if (zeroInit && isOutput(key)) assembly.zero(key);
        else if (key === 'input_layernorm.weight') await assembly.fuse(key, tensor, next);
        else if (key === 'post_attention_layernorm.weight') {
          // Of the mixed map ½T + ½I only the identity is left.
          await assembly.computed(key, backend.weightedSum(tensor, alpha / 2, next, 1 - alpha));
        } else await assembly.computed(key, backend.weightedSum(next, 1 - alpha));
      }
    });
  },
};
