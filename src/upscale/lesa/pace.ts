import { macrotask } from '../../macrotask';

/** About a frame, in milliseconds. */
const SLICE_MS = 16;

/**
 * A function to await between steps of a long computation: lets messages through about once a frame, and throws when the
 * work was cancelled.
 */
export function pace(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= SLICE_MS) {
      await macrotask();
      last = performance.now();
    }
    signal?.throwIfAborted();
  };
}
