import type { Backend } from '../backend/operations';
import { assign } from './assignment';
import type { CostMatrix } from './cost';

/** Costs between groups of rows, `[groups, groups]`. */
export interface GroupCosts {
  /** Mean cost of the exact assignment of one group's rows to the other's. */
  readonly distances: Float64Array;
  /** Mean of all costs between the two groups. */
  readonly means: Float64Array;
}

interface GroupOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Computes the costs between `groups` equal groups of consecutive rows of a square cost, such as attention heads.
 * @throws TransportError if costs are not finite; AbortError.
 */
export async function groupCosts(
  backend: Backend,
  cost: CostMatrix,
  groups: number,
  { signal, onProgress }: GroupOptions = {},
): Promise<GroupCosts> {
  const { columns } = cost;
  const size = cost.rows / groups;
  const distances = new Float64Array(groups * groups);
  const means = new Float64Array(groups * groups);
  // The rows of one group, which may come from several bands.
  const rows = new Float32Array(size * columns);
  let filled = 0;
  let group = 0;
  await cost.forEach(async (band) => {
    const values = await backend.read(band.cost);
    for (let row = 0; row < band.rows; row++) {
      rows.set(values.subarray(row * columns, (row + 1) * columns), filled * columns);
      if (++filled < size) continue;
      for (let other = 0; other < groups; other++) {
        const part = columnsOf(rows, columns, other * size, size);
        const at = group * groups + other;
        distances[at] = (await assign(part, size, size, { signal })).cost;
        means[at] = part.reduce((sum, entry) => sum + entry, 0) / part.length;
      }
      group++;
      onProgress?.(group / groups);
      filled = 0;
    }
  }, signal);
  return { distances, means };
}

function columnsOf(values: Float32Array, width: number, start: number, count: number): Float64Array {
  const rows = values.length / width;
  const part = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++)
    part.set(values.subarray(row * width + start, row * width + start + count), row * count);
  return part;
}
