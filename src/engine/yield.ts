import { macrotask } from '../macrotask';

/** A function to await between steps of a long loop: yields when `milliseconds` have passed since it last did. */
export function pacer(milliseconds: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await macrotask();
    last = performance.now();
  };
}
