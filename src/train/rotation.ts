/** A table for windows stacked in one tensor, each with its own positions. */
export function repeated(table: Float32Array, times: number): Float32Array {
  const all = new Float32Array(table.length * times);
  for (let i = 0; i < times; i++) all.set(table, i * table.length);
  return all;
}

/** A table with its sines negated: turning by it undoes turning by the other. */
export const turnedBack = (table: Float32Array, headDim: number): Float32Array =>
  table.map((value, i) => (i % headDim < headDim / 2 ? value : -value));
