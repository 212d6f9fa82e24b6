// What the work of a kernel is cut into ranges by.

/** Entries of one range of a reduction, whatever the number of threads, on which its result must not depend. */
export const REDUCED = 16_384;
/** Nanoseconds that reading or writing one number of a stream takes. */
export const STREAM = 0.3;
/** Nanoseconds that one exponential takes, and what is around it. */
export const EXPONENTIAL = 3;
