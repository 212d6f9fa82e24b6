import { pictureSizes } from '../checks/transport';
import type { CostBand, Potentials, Tensor, Window } from '../operations';
import type { Store } from './storage';

/** Entries pixel `p` of `pixels` covers of `size`: half-open, never empty, overlapping where pixels are more than entries. */
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
): void {
  store.check(band.cost, potentials?.f, potentials?.g, into);
  const sizes = pictureSizes(band, potentials, window, into);
  const { height, width, windowRows, windowColumns, rowStart, columns } = sizes;
  const cost = store.wide(band.cost);
  const out = store.target(into);
  const f = potentials && store.wide(potentials.f);
  const g = potentials && store.wide(potentials.g);
  const epsilon = potentials?.epsilon ?? 1;
  const row = new Float64Array(windowColumns);

  for (let i = sizes.from; i < sizes.to; i++) {
    const at = (i - rowStart) * columns + window.columnStart;
    for (let j = 0; j < windowColumns; j++) {
      const entry = cost[at + j]!;
      row[j] = f && g ? Math.exp((f[i]! + g[window.columnStart + j]! - entry) / epsilon) : entry;
    }
    const r = i - window.rowStart;
    // The pixel rows that cover row r are adjacent; the first is found from ⌈(y+1)·R/h⌉ > r.
    let y = Math.max(0, Math.floor((r * height) / windowRows) - 1);
    for (; y < height; y++) {
      const [top, bottom] = covered(y, height, windowRows);
      if (bottom <= r) continue;
      if (top > r) break;
      for (let x = 0; x < width; x++) {
        const [left, right] = covered(x, width, windowColumns);
        let most = 0;
        let sum = 0;
        for (let j = left; j < right; j++) {
          most = Math.max(most, row[j]!);
          sum += row[j]!;
        }
        const pixel = 2 * (y * width + x);
        out[pixel] = Math.max(out[pixel]!, most);
        out[pixel + 1]! += sum / ((bottom - top) * (right - left));
      }
    }
  }
}
