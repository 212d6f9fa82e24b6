import { LegibleError } from '../../legible';

/** The requested gaps, parents or slices do not exist. */
export class GapError extends LegibleError {
  override name = 'GapError';
}

/** A new block could not be made: the message names method, gap and tensor. */
export class UpscaleError extends LegibleError {
  override name = 'UpscaleError';
}

/** Error for a requested head of a tensor that one plan matches as a whole. */
export const noHeadError = (method: string, tensor: string): UpscaleError =>
  new UpscaleError(
    `${method} matches the rows of ${tensor} all at once: expected no part, got one. Leave the part out.`,
  );
