import { Scope } from '../../backend/scope';
import type { BandedMatrix } from '../../transport/bands';
import type { Alignment } from '../aligning/alignment';
import type { Snapshot } from '../aligning/history';
import { deviceMatrix } from './device-matrix';
import type { NeuronOrder } from '../jobs';

/** Bytes read from the device at a time. */
const READ_BYTES = 2 ** 24;

/** Entries of some rows, row-major; `rowStart` counts from the first requested row. */
export interface EntryBand {
  readonly rowStart: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/**
 * Reads the entries of the cost, or with a snapshot of the plan T, a few rows at a time. They equal those of pictures to the
 * bit, before scaling. With `places` only these rows and columns.
 */
export async function* entries(
  { backend, cost, planCost }: Alignment,
  snapshot: Snapshot | undefined,
  places: NeuronOrder | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<EntryBand> {
  const { bands, potentials, free } = deviceMatrix(backend, snapshot ? planCost : cost, snapshot, places);
  const scope = new Scope(backend);
  try {
    const step = stepOf(bands);
    for (let bandStart = 0; bandStart < bands.rows; bandStart += bands.bandRows) {
      const band = bands.band(bandStart);
      const bandEnd = bandStart + band.rows;
      for (let rowStart = bandStart; rowStart < bandEnd; rowStart += step) {
        signal?.throwIfAborted();
        const rows = Math.min(step, bandEnd - rowStart);
        const window = { rowStart, rowEnd: rowStart + rows, columnStart: 0, columnEnd: bands.columns };
        const into = scope.own(backend.zeros([rows, bands.columns, 2], 'entries'));
        backend.picture(band, potentials, window, into);
        const pixels = await backend.read(into);
        scope.free(into);
        const values = new Float32Array(rows * bands.columns);
        for (let i = 0; i < values.length; i++) values[i] = pixels[2 * i + 1] ?? Number.NaN;
        yield { rowStart, rows, values };
      }
    }
  } finally {
    scope.free();
    free();
  }
}

const stepOf = ({ rows, columns }: BandedMatrix): number =>
  Math.max(1, Math.min(rows, Math.floor(READ_BYTES / (8 * columns))));
