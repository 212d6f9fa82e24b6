/** What cannot be trained as asked: names what was expected, what came and one next step. */
export class TrainError extends Error {
  override readonly name = 'TrainError';
}

/** A loss or a gradient that is not finite. The parameters are those of before the step. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}
