/** A block or head to measure does not exist. */
export class MeasureError extends Error {
  override name = 'MeasureError';
}
