import { macrotask } from './macrotask';
import { now } from './now';

/**
 * For long computations on one thread: returns a function to call at every step. Once `milliseconds` have passed since the last
 * yield, it returns a promise to await, which lets the event loop handle messages; else undefined.
 * The function throws when `signal` is aborted.
 */
export function createYielder(milliseconds: number, signal?: AbortSignal): () => Promise<void> | undefined {
  let last = now();
  const yieldNow = async (): Promise<void> => {
    await macrotask();
    last = now();
    signal?.throwIfAborted();
  };
  return () => {
    signal?.throwIfAborted();
    return now() - last < milliseconds ? undefined : yieldNow();
  };
}
