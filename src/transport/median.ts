const HALF = 2 ** 16;

/**
 * The exact median of `count` numbers ≥ 0 in float32, the mean of the middle two of an even count. `visit` hands over all
 * of them in pieces, in any order, and is called twice: as bit patterns such numbers have their own order, so counting
 * the upper 16 bits finds the middle's bin and counting the lower 16 bits in it finds the middle. Takes 0.5 MiB whatever
 * the count, where sorting would need all numbers at once.
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

/** The bin that the number of this rank (from 0) is counted in, and its rank in the bin. */
function locate(counts: Uint32Array, rank: number): { bin: number; rank: number } {
  let left = rank;
  for (const [bin, count] of counts.entries()) {
    if (left < count) return { bin, rank: left };
    left -= count;
  }
  return { bin: 0, rank: 0 };
}
