import { LegibleError } from '../legible';

/** A training request or its data are not valid. The message names what was expected, what came and one next step. */
export class TrainError extends LegibleError {
  override readonly name = 'TrainError';
}

/** The loss or the gradient is not finite, or the loss is far too large. */
export class DivergedError extends LegibleError {
  override readonly name = 'DivergedError';
}
