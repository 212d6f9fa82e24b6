import { randomSource } from '../random';

/**
 * Returns the rows with the entries of each in a random order of its own: norms and values of every row stay, its direction goes.
 * Matching against them shows what a plan comes to where there is nothing to align (docs/method.md 5.4).
 * @param values row-major `[rows, k]`.
 */
export function nullRows(values: Float32Array, rows: number, seed: number, draw: number): Float32Array {
  const random = randomSource(mixed(seed, draw));
  const drawn = values.slice();
  const width = values.length / rows;
  for (let start = 0; start < drawn.length; start += width) {
    // Fisher–Yates within the row.
    for (let i = width - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      const held = drawn[start + i] as number;
      drawn[start + i] = drawn[start + j] as number;
      drawn[start + j] = held;
    }
  }
  return drawn;
}

/** One seed of two numbers, so that neighbouring draws and seeds begin far apart. */
function mixed(seed: number, draw: number): number {
  const value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(draw + 1, 0xc2b2ae35);
  return (value ^ (value >>> 15)) >>> 0;
}
