import { TrainError } from './errors';

/** A token sequence to train on. */
export interface Example {
  readonly ids: Uint32Array;
  /** Index of the first token whose prediction counts, at least 1. Earlier tokens are only context. */
  readonly from: number;
}

/**
 * Packs texts into examples as OpT-DeUS's authors do: appends the end-of-sequence token to each, joins all, cuts windows of
 * `context + 1` tokens and drops the tail.
 * @throws TrainError if the texts are too short for one window.
 */
export function packTexts(
  texts: readonly (readonly number[])[],
  eos: number | undefined,
  context: number,
): Example[] {
  const joined = texts.flatMap((ids) => (eos === undefined ? [...ids] : [...ids, eos]));
  const length = context + 1;
  const windows = Array.from({ length: Math.floor(joined.length / length) }, (_, i) => ({
    ids: Uint32Array.from(joined.slice(i * length, (i + 1) * length)),
    from: 1,
  }));
  if (windows.length > 0) return windows;
  throw new TrainError(
    `expected a text of at least ${length} tokens, one window, got ${joined.length}. Give a longer text or a shorter context.`,
  );
}
