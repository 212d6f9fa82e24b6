import type { Metric } from '../backend/operations';

/** How the cost of matching two rows is computed. */
export interface CostSettings {
  /** Euclidean distance, its square, or 1 − cos (which compares directions, so that `rows` makes no difference). */
  readonly metric: Metric;
  /** `unit` divides each row by its norm first; a row of zeros stays zero. */
  readonly rows: 'raw' | 'unit';
  /** Divides the cost matrix by its largest, mean or median entry, or by nothing. A matrix of zeros is not divided. */
  readonly scale: 'none' | 'max' | 'mean' | 'median';
}

/** The cost of OpT-DeUS: Euclidean distances of raw rows (method.md 3.1). */
export const RAW_EUCLIDEAN: CostSettings = { metric: 'euclidean', rows: 'raw', scale: 'none' };
