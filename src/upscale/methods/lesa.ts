import type { GapMethod } from '../contract/method';

/** Layer expansion by prediction (LESA, method.md 6.4). */
export const LESA: GapMethod = {
  id: 'lesa',
  title: 'Predicted from both neighbours (LESA)',
  parents: 'pair',
  trains: 'new',
  zeroInit: false,
  flow: undefined,
  description:
    'The seven matrices are predicted from those of the two neighbouring blocks by small networks that were trained on ' +
    "the base model's own triples of blocks, in the basis of a singular value decomposition over all blocks. Norms and " +
    'biases are those of block 0.',
  // Fetched when first used: most pages never train these networks.
  prepare: async (context) => (await import('../lesa/prepare')).prepare(context),
  async make(context) {
    const { prepare } = await import('../lesa/prepare');
    const maker = await prepare(context);
    try {
      return await maker.make(context);
    } finally {
      maker.free();
    }
  },
};
