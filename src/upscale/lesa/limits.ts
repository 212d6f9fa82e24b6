/** Fewest base blocks: an example is a block between two others. */
export const MIN_LAYERS = 3;

/** Most output neurons of a tensor, because the time of the singular value decomposition grows with their cube. */
export const MAX_ROWS = 2048;
