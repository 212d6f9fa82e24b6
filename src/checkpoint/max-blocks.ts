/** More blocks than any model has; a larger number would make lists of unbounded length. */
export const MAX_BLOCKS = 1024;
