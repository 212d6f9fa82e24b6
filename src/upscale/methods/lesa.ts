import { UpscaleError } from '../block/errors';
import { type GapMethod, READS_PARENTS } from '../contract/method';
import { MAX_ROWS, MIN_LAYERS } from '../lesa/limits';

/** Layer expansion by prediction (LESA, method.md 6.4). Norms and biases of a new block are those of block 0. */
export const LESA: GapMethod = {
  id: 'lesa',
  group: 'Other published methods',
  title: 'LESA, predicted',
  short: 'lesa',
  meaning:
    'The matrices are predicted from both neighbours’ by small networks trained on this model’s own blocks. Training them takes a while, more so on the CPU.',
  sources: [
    'Yang et al., *LESA: Learnable LLM Layer Scaling-Up*, [arXiv 2502.13794](https://arxiv.org/abs/2502.13794).',
  ],
  reads: [...READS_PARENTS, 'seed'],
  seedDecides:
    'The seed decides how the small networks start and in which order they see their examples. Rounding decides a little too: another backend may predict matrices that differ by a tenth, and a loss that differs in its third decimal.',
  parents: 'pair',
  zeroInit: false,
  trains: 'new',
  /** Same checks as `prepare`, but before any work. */
  check({ layers, hiddenSize = 0, intermediateSize = 0 }) {
    if (layers < MIN_LAYERS) {
      throw new UpscaleError(
        `lesa: expected a model of at least ${MIN_LAYERS} blocks, got ${layers}. Choose another method or a deeper model.`,
      );
    }
    const widest = Math.max(hiddenSize, intermediateSize);
    if (widest > MAX_ROWS) {
      throw new UpscaleError(
        `lesa: expected at most ${MAX_ROWS} neurons in a tensor, whose singular value decomposition takes time with their ` +
          `cube, got ${widest}. Choose another method or a smaller model.`,
      );
    }
  },
  // Fetched when first used: most pages never train these networks.
  prepare: async (context) => (await import('../lesa/prepare')).prepare(context),
};
