/** New blocks cannot go where they were asked to go. */
export class GapError extends Error {
  override name = 'GapError';
}

/** A new block could not be made: the message names method, gap and tensor. */
export class UpscaleError extends Error {
  override name = 'UpscaleError';
}
