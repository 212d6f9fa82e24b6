import type { Metric } from '../backend/operations';

/** How the cost of matching two rows is made. */
export interface CostSettings {
  /** Euclidean distance, its square, or 1 − cos (which compares directions, so that `rows` makes no difference). */
  readonly metric: Metric;
  /** Rows as they are, or each divided by its length first. A row of zeros has none and stays zero. */
  readonly rows: 'raw' | 'unit';
  /** What the whole cost is divided by: nothing, its largest, mean or median entry. A cost of zeros stays as it is. */
  readonly scale: 'none' | 'max' | 'mean' | 'median';
}

/** What OpT-DeUS compares: Euclidean distances of raw rows (method.md 3.1). */
export const RAW_EUCLIDEAN: CostSettings = { metric: 'euclidean', rows: 'raw', scale: 'none' };
