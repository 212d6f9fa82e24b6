import type { Backend, CostBand } from '../backend/operations';

/** A matrix that is visited in bands of rows. */
export interface Banded {
  readonly rows: number;
  readonly columns: number;
  /** Rows of every band but the last. */
  readonly bandRows: number;
  /** Whether all bands are kept; else every band overwrites the one before. */
  readonly resident: boolean;
  /** The band from row `rowStart` on, a multiple of `bandRows`. Its tensor may have more rows than the band. */
  band(rowStart: number): CostBand;
}

/**
 * Visits all bands from the first row to the last, together with the same rows of `other`, which has as many columns. A
 * band may be overwritten once its visit has enqueued its operations.
 */
export async function visitBands(
  backend: Backend,
  matrix: Banded,
  other: Banded | undefined,
  visit: (band: CostBand, other: CostBand | undefined) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let rowStart = 0; rowStart < matrix.rows; rowStart += matrix.bandRows) {
    signal?.throwIfAborted();
    await visit(matrix.band(rowStart), other?.band(rowStart));
    if (!matrix.resident || other?.resident === false) await backend.settle();
  }
}
