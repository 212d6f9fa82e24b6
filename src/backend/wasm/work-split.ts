// Measures by which the work of a kernel is split into ranges.

/** Entries per range of a reduction. Fixed, because its result must not depend on the number of threads. */
export const REDUCTION_GRAIN = 16_384;
/** Time to read or write one number of a stream. */
export const STREAM_NS = 0.3;
/** Time of one exponential and the arithmetic around it. */
export const EXPONENTIAL_NS = 3;
