import { macrotask } from './macrotask';

/**
 * A function for every step of a long computation: once `milliseconds` have passed since it last did, it lets messages
 * through and returns what to wait for, else undefined. It throws when the work was cancelled.
 */
export function pacer(milliseconds: number, signal?: AbortSignal): () => Promise<void> | undefined {
  let last = performance.now();
  const rest = async (): Promise<void> => {
    await macrotask();
    last = performance.now();
    signal?.throwIfAborted();
  };
  return () => {
    signal?.throwIfAborted();
    return performance.now() - last < milliseconds ? undefined : rest();
  };
}
