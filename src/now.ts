let last = -Infinity;
let offset = 0;

/**
 * Milliseconds for measuring durations. As `performance.now()`, but where that goes back this stands still, so that no duration is
 * negative and no wait is longer than it should be.
 */
export function now(): number {
  const read = performance.now();
  if (read < last) offset += last - read;
  last = read;
  return read + offset;
}
