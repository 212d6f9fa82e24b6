import type { Backend, CostBand } from '../backend/operations';

/** A matrix that is read in bands of rows. */
export interface BandedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Number of rows of every band except the last. */
  readonly bandRows: number;
  /** True if all bands are kept; if false, each band overwrites the one before. */
  readonly resident: boolean;
  /** Returns the band that starts at row `rowStart`, a multiple of `bandRows`. Its tensor may have more rows than the band. */
  band(rowStart: number): CostBand;
}

/**
 * Calls `visit` for all bands from the first row to the last, with the same rows of `other`, which has as many columns. A band
 * may be overwritten once `visit` has queued its operations.
 */
export async function visitBands(
  backend: Backend,
  matrix: BandedMatrix,
  other: BandedMatrix | undefined,
  visit: (band: CostBand, other: CostBand | undefined) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let rowStart = 0; rowStart < matrix.rows; rowStart += matrix.bandRows) {
    signal?.throwIfAborted();
    await visit(matrix.band(rowStart), other?.band(rowStart));
    if (!matrix.resident || other?.resident === false) await backend.settle();
  }
}
