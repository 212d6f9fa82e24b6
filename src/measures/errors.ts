/** Something was asked to be measured that is not there. */
export class MeasureError extends Error {
  override name = 'MeasureError';
}
