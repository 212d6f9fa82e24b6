import { groupSize, type HeadLayout, range } from './heads';

/**
 * Squared distances ‖O_s π − O_t‖² between the head slices (h columns each) of two output projections `[d, heads · h]`.
 * `dimensions` gives π for two key-value groups: entry j is the new index of column j.
 * @returns `[heads, heads]` in float64.
 */
export async function sliceDistances(
  { a, b }: { a: Float32Array; b: Float32Array },
  layout: HeadLayout,
  dimensions: (groupA: number, groupB: number) => Uint32Array,
  pause: () => Promise<void>,
): Promise<Float64Array> {
  const { heads, headDim } = layout;
  const size = groupSize(layout);
  const width = heads * headDim;
  const distances = new Float64Array(heads * heads);
  for (const s of range(heads)) {
    await pause();
    for (const t of range(heads)) {
      const places = dimensions(Math.floor(s / size), Math.floor(t / size));
      let sum = 0;
      for (let row = 0; row < a.length; row += width) {
        const [from, to] = [row + s * headDim, row + t * headDim];
        for (let j = 0; j < headDim; j++) {
          const difference = (a[from + j] as number) - (b[to + (places[j] as number)] as number);
          sum += difference * difference;
        }
      }
      distances[s * heads + t] = sum;
    }
  }
  return distances;
}
