/** Returns the table of the inverse rotation: the sines are negated. */
export const inverseRotary = (table: Float32Array, headDim: number): Float32Array =>
  table.map((value, i) => (i % headDim < headDim / 2 ? value : -value));
