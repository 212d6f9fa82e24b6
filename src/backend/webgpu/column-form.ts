import type { BackendInfo } from '../operations';

/** How rms_norm_gain_gradient.wgsl shares a matrix among threads. */
interface ColumnForm {
  readonly parameters: Readonly<Record<string, number>>;
  /** Columns of a workgroup. */
  readonly columns: number;
  /** Rows of a part. */
  readonly height: number;
}

/** Threads that keep a GPU's memory busy. */
const THREADS = 2 ** 17;

/** Returns the form for sums of the columns of `[rows, width]`. */
export function columnForm(info: BackendInfo, rows: number, width: number): ColumnForm {
  const vector = width % 4 === 0;
  const wide = vector ? 4 : 1;
  const [columns, lanes] = info.software ? [64 / wide, 1] : [8, 32];
  const strips = Math.ceil(width / (columns * wide));
  // A lane adds at least four rows.
  const parts = info.software
    ? 1
    : Math.max(1, Math.min(Math.floor(rows / (4 * lanes)), Math.ceil(THREADS / (strips * columns * lanes))));
  return {
    parameters: { COLUMNS: columns, LANES: lanes, VECTOR: vector ? 1 : 0 },
    columns: columns * wide,
    height: Math.ceil(rows / parts),
  };
}
