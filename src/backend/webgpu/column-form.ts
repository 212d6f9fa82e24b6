/** How rms_norm_gain_gradient.wgsl shares a matrix among threads. */
export interface ColumnForm {
  /** Columns of a workgroup, or groups of four columns where the width is a multiple of 4. */
  readonly columns: number;
  /** Threads that share the rows of a column. */
  readonly lanes: number;
  /** Threads to make by splitting the rows into parts, whose sums a second pass adds. */
  readonly threads: number;
}

/** For software adapters, then for others, whose memory many threads keep busy. */
export const COLUMN_FORMS: readonly [ColumnForm, ColumnForm] = [
  { columns: 16, lanes: 1, threads: 1 },
  { columns: 8, lanes: 32, threads: 2 ** 17 },
];

/** Splits `[rows, width]` by a form: the kernel's parameters, the workgroups side by side, and the rows of a part. */
export function splitColumns(
  { columns, lanes, threads }: ColumnForm,
  rows: number,
  width: number,
): {
  readonly parameters: Readonly<Record<string, number>>;
  readonly strips: number;
  readonly height: number;
} {
  const vector = width % 4 === 0;
  const strips = Math.ceil(width / (columns * (vector ? 4 : 1)));
  // A lane adds at least four rows.
  const most = Math.max(1, Math.floor(rows / (4 * lanes)));
  const parts = Math.min(most, Math.ceil(threads / (strips * columns * lanes)));
  return {
    parameters: { COLUMNS: columns, LANES: lanes, VECTOR: vector ? 1 : 0 },
    strips,
    height: Math.ceil(rows / parts),
  };
}
