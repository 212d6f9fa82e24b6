/** New blocks cannot go where they were asked to go. */
export class GapError extends Error {
  override name = 'GapError';
}

/** A new block could not be made: the message names method, gap and tensor. */
export class UpscaleError extends Error {
  override name = 'UpscaleError';
}

/** A part was asked for of a tensor whose rows are all matched by one plan. */
export const wholeOnly = (method: string, tensor: string): UpscaleError =>
  new UpscaleError(
    `${method} matches the rows of ${tensor} all at once: expected no part, got one. Leave the part out.`,
  );
