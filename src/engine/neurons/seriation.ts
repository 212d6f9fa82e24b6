import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import { Scope } from '../../backend/scope';
import type { CostMatrix } from '../../transport/cost';
import type { NeuronOrder } from '../jobs';
import { leaves } from './linkage';
import { principalScores } from './principal';

/** Largest number of rows or columns for clustering, whose cost is quadratic. */
const MAX_CLUSTERED = 1024;

/**
 * Orders similar neurons side by side. Rows of both blocks are points of one space, so they are ordered together and then
 * separated; similar rows and columns get similar places. Up to 1024 each it uses the leaf order of their average linkage
 * by the cost's metric, for more their first principal component. Deterministic.
 */
export async function clusterOrder(
  backend: Backend,
  cost: CostMatrix,
  signal: AbortSignal | undefined,
): Promise<NeuronOrder> {
  const { rows, columns } = cost;
  const places =
    Math.max(rows, columns) <= MAX_CLUSTERED
      ? leaves(await distances(backend, cost, signal), rows + columns)
      : Array.from((await principalScores(backend, cost.points, signal)).entries())
          .sort(([i, x], [j, y]) => x - y || i - j)
          .map(([i]) => i);
  return {
    rows: Uint32Array.from(places.filter((i) => i < rows)),
    columns: Uint32Array.from(places.filter((i) => i >= rows).map((i) => i - rows)),
  };
}

/** Returns the distances between all points of both matrices, the first matrix's before the second's, row-major. */
async function distances(
  backend: Backend,
  cost: CostMatrix,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { a, b } = cost.points;
  const [n] = matrix(a);
  const [m, width] = matrix(b);
  const scope = new Scope(backend);
  try {
    const all = scope.own(backend.zeros([n + m, width], 'points of both'));
    const add = (x: Tensor, count: number, at: number): void => {
      const index = Uint32Array.from({ length: count }, (_, i) => i);
      const rows = scope.own(backend.gather(x, scope.own(backend.upload(index, [count], 'u32', 'all rows'))));
      backend.copyRows(rows, all, at);
    };
    add(a, n, 0);
    add(b, m, n);
    const values = new Float32Array((n + m) ** 2);
    const step = 256;
    for (let from = 0; from < n + m; from += step) {
      signal?.throwIfAborted();
      const count = Math.min(step, n + m - from);
      const band = backend.pairwiseDistance(all, all, from, count, undefined, cost.distance);
      try {
        values.set(await backend.read(band), from * (n + m));
      } finally {
        backend.free(band);
      }
    }
    return values;
  } finally {
    scope.free();
  }
}
