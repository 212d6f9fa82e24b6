import type { Backend } from '../../backend/operations';
import type { CostMatrix } from '../../transport/cost';
import { CostSubmatrix } from '../../transport/cost-submatrix';

/** Number of pairs computed together, as the diagonal of a square. */
const CHUNK = 128;

/** Returns the cost of every row with its partner column. */
export async function pairCosts(
  backend: Backend,
  cost: CostMatrix,
  partner: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const costs = new Float32Array(partner.length);
  for (let first = 0; first < partner.length; first += CHUNK) {
    signal?.throwIfAborted();
    const columns = partner.subarray(first, first + CHUNK);
    const rows = Uint32Array.from(columns, (_, i) => first + i);
    const part = new CostSubmatrix(backend, cost, rows, columns);
    try {
      for (let from = 0; from < part.rows; from += part.bandRows) {
        const band = part.band(from);
        const values = await backend.read(band.cost);
        for (let i = 0; i < band.rows; i++)
          costs[first + from + i] = values[i * part.columns + from + i] ?? Number.NaN;
      }
    } finally {
      part.free();
    }
  }
  return costs;
}
