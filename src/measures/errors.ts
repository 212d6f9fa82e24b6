import { LegibleError } from '../legible';

/** A block or head to measure does not exist. */
export class MeasureError extends LegibleError {
  override name = 'MeasureError';
}
