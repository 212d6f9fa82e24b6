const HALF = 2 ** 16;

/**
 * Returns the exact median of `count` float32 numbers ≥ 0 (mean of the middle two for an even count). `visit` is called twice
 * and passes all numbers in pieces, in any order. Bit patterns of such numbers sort like the numbers, so a histogram of the
 * upper 16 bits finds the bin of the median and one of the lower 16 bits the median in it. Needs 0.5 MiB for any count;
 * sorting would need all numbers at once.
 */
export async function median(
  count: number,
  visit: (piece: (values: Float32Array) => void) => Promise<void>,
): Promise<number> {
  const upper = new Uint32Array(HALF);
  await visit((values) => {
    for (const bits of bitsOf(values)) upper[bits >>> 16]!++;
  });
  const middle = [Math.floor((count - 1) / 2), Math.floor(count / 2)].map((rank) => locate(upper, rank));
  const lower = new Map(middle.map(({ bin }) => [bin, new Uint32Array(HALF)]));
  await visit((values) => {
    for (const bits of bitsOf(values)) {
      const counts = lower.get(bits >>> 16);
      if (counts) counts[bits & 0xffff]!++;
    }
  });
  const values = middle.map(({ bin, rank }) => {
    const low = locate(lower.get(bin) ?? new Uint32Array(0), rank).bin;
    return new Float32Array(Uint32Array.of(bin * HALF + low).buffer)[0] ?? Number.NaN;
  });
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

const bitsOf = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Returns the bin of the number with this rank (from 0), and its rank within the bin. */
function locate(counts: Uint32Array, rank: number): { bin: number; rank: number } {
  let left = rank;
  for (const [bin, count] of counts.entries()) {
    if (left < count) return { bin, rank: left };
    left -= count;
  }
  return { bin: 0, rank: 0 };
}
