import { pictureSizes } from '../checks/transport';
import type { CostBand, Potentials, Subtrahend, Tensor, Window } from '../operations';
import type { Store } from './storage';

/** Entries of `size` that pixel `p` of `pixels` covers: end exclusive, never empty, overlapping if there are more pixels than entries. */
const covered = (p: number, pixels: number, size: number): readonly [from: number, to: number] => [
  Math.floor((p * size) / pixels),
  Math.ceil(((p + 1) * size) / pixels),
];

export function picture(
  store: Store,
  band: CostBand,
  potentials: Potentials | undefined,
  window: Window,
  into: Tensor,
  minus?: Subtrahend,
): void {
  store.check(band.cost, potentials?.f, potentials?.g, into);
  store.check(minus?.cost, minus?.potentials?.f, minus?.potentials?.g);
  const sizes = pictureSizes(band, potentials, window, into, minus);
  const { height, width, windowRows, windowColumns } = sizes;
  const out = store.target(into);
  const entries = rowEntries(store, band, potentials, window);
  const others = minus && rowEntries(store, { ...band, cost: minus.cost }, minus.potentials, window);
  const row = new Float64Array(windowColumns);
  const other = new Float64Array(windowColumns);
  const columns = Array.from({ length: width }, (_, x) => covered(x, width, windowColumns));

  for (let i = sizes.from; i < sizes.to; i++) {
    entries(i, row);
    if (others) {
      others(i, other);
      for (let j = 0; j < windowColumns; j++) row[j]! -= other[j]!;
    }
    const r = i - window.rowStart;
    // The pixel rows that cover row r are adjacent. The first is the smallest y with ⌈(y+1)·R/h⌉ > r.
    let y = Math.max(0, Math.floor((r * height) / windowRows) - 1);
    for (; y < height; y++) {
      const [top, bottom] = covered(y, height, windowRows);
      if (bottom <= r) continue;
      if (top > r) break;
      for (let x = 0; x < width; x++) {
        const [left, right] = columns[x]!;
        let most = 0;
        let sum = 0;
        for (let j = left; j < right; j++) {
          const value = row[j]!;
          if (!(Math.abs(value) <= Math.abs(most))) most = value;
          sum += value;
        }
        const pixel = 2 * (y * width + x);
        if (!(Math.abs(most) <= Math.abs(out[pixel]!))) out[pixel] = most;
        out[pixel + 1]! += sum / ((bottom - top) * (right - left));
      }
    }
  }
}

/** Writes the entries of one row of the window: of the cost, or of the plan. */
function rowEntries(
  store: Store,
  band: CostBand,
  potentials: Potentials | undefined,
  { columnStart, columnEnd }: Window,
): (row: number, into: Float64Array) => void {
  const cost = store.asFloat64(band.cost);
  const [, columns = 0] = band.cost.shape;
  const count = columnEnd - columnStart;
  if (!potentials) {
    return (i, into) => {
      const at = (i - band.rowStart) * columns + columnStart;
      into.set(cost.subarray(at, at + count));
    };
  }
  const f = store.asFloat64(potentials.f);
  const g = store.asFloat64(potentials.g);
  const { epsilon } = potentials;
  return (i, into) => {
    const at = (i - band.rowStart) * columns + columnStart;
    for (let j = 0; j < count; j++)
      into[j] = Math.exp((f[i]! + g[columnStart + j]! - cost[at + j]!) / epsilon);
  };
}
