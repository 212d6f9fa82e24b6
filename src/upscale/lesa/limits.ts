/** Fewest base blocks: what is learnt is the block between two others. */
export const MIN_LAYERS = 3;

/** Most output neurons of a tensor: the singular value decomposition takes time with their cube. */
export const MAX_ROWS = 2048;
