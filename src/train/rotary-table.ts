/** Returns the rotary table repeated for `times` windows stacked in one tensor; positions restart in each window. */
export function tiled(table: Float32Array, times: number): Float32Array {
  const all = new Float32Array(table.length * times);
  for (let i = 0; i < times; i++) all.set(table, i * table.length);
  return all;
}

/** Returns the table of the inverse rotation: the sines are negated. */
export const inverseRotary = (table: Float32Array, headDim: number): Float32Array =>
  table.map((value, i) => (i % headDim < headDim / 2 ? value : -value));
