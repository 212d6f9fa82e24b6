import { ROW_MOMENT } from '../backend/operations';
import type { Backend, CostBand } from '../backend/operations';
import { Scope } from '../backend/scope';
import { TransportError } from './errors';

/** Statistics over all entries of a cost matrix. */
export interface CostStatistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Population standard deviation (divided by the number of entries), as in ott-jax's default ε. */
  readonly standardDeviation: number;
}

type Visit = (band: CostBand) => Promise<void>;

/**
 * Computes the statistics in one pass over a cost. Sums of rows are computed on the device, their totals here in float64.
 * @throws TransportError naming `what` if an entry is not finite.
 */
export async function costStatistics(
  backend: Backend,
  what: string,
  columns: number,
  forEach: (visit: Visit) => Promise<void>,
): Promise<CostStatistics> {
  let minimum = Infinity;
  let maximum = -Infinity;
  const means: number[] = [];
  let withinRows = 0;
  await forEach(async (band) => {
    const scope = new Scope(backend);
    try {
      // In the last band a scratch tensor may still hold rows of an earlier band; they are entries of the same cost.
      const extent = scope.own(backend.extent(band.cost));
      const moments = scope.own(backend.rowMoments(band));
      const [range, rows] = await Promise.all([backend.read(extent), backend.read(moments)]);
      minimum = Math.min(minimum, range[0] ?? Number.NaN);
      maximum = Math.max(maximum, range[1] ?? Number.NaN);
      for (let row = 0; row < band.rows; row++) {
        means.push(rows[2 * row + ROW_MOMENT.mean] ?? Number.NaN);
        withinRows += rows[2 * row + ROW_MOMENT.squares] ?? Number.NaN;
      }
    } finally {
      scope.free();
    }
  });
  // If all costs are equal, the mean is exact and the deviation is 0.
  const equal = minimum === maximum;
  const mean = equal ? minimum : means.reduce((sum, value) => sum + value, 0) / means.length;
  const betweenRows = columns * means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardDeviation = equal ? 0 : Math.sqrt((withinRows + betweenRows) / (means.length * columns));
  if (![minimum, maximum, mean, standardDeviation].every(Number.isFinite)) {
    throw new TransportError(
      `${what}: expected finite distances, got an extent of ${minimum} … ${maximum} and a mean of ${mean}. ` +
        'Check the weights of both blocks for NaN, infinite or very large values.',
    );
  }
  return { minimum, maximum, mean, standardDeviation };
}
