import type { BackendInfo } from '../operations';

/** How a kernel with rows.wgsl shares rows among threads. */
export interface RowForm {
  /** Threads that share a row: a power of two. */
  readonly lanes: number;
  /** Rows that a workgroup computes. */
  readonly rows: number;
  /** Reduces by subgroups, of any size. A workgroup then computes one row. */
  readonly subgroups: boolean;
}

/** Groups of four entries that a lane reads, where there are more lanes to take. */
export const READS = 4;

/** Forms by growing width; a form serves rows of up to READS groups of four entries per lane. */
const FORMS: readonly Omit<RowForm, 'subgroups'>[] = [
  { lanes: 32, rows: 8 },
  { lanes: 256, rows: 1 },
  { lanes: 1024, rows: 1 },
];
// Software adapters run four threads at once, and barriers between more cost them more than waiting for memory.
const SOFTWARE: RowForm = { lanes: 4, rows: 1, subgroups: false };

/** Every form that some adapter uses, for tests. */
export const ROW_FORMS: readonly RowForm[] = [
  SOFTWARE,
  ...FORMS.flatMap((form) =>
    form.rows > 1
      ? [{ ...form, subgroups: false }]
      : [false, true].map((subgroups) => ({ ...form, subgroups })),
  ),
];

/** True if subgroups have numbers: only with them can subgroups of any size and order combine their parts. */
export const numbersSubgroups = ({ features }: BackendInfo): boolean =>
  features.includes('subgroups') && features.includes('subgroup_id');

/** Returns the form for rows of `width` entries, or for a whole tensor that a few workgroups reduce. */
export function rowForm(info: BackendInfo, width: number, whole = false): RowForm {
  if (info.software) return SOFTWARE;
  const fitting = FORMS.filter(
    ({ lanes, rows }) =>
      lanes * rows <= (info.limits['maxComputeInvocationsPerWorkgroup'] ?? 256) && (rows === 1 || !whole),
  );
  const form = fitting.find(({ lanes }) => width <= 4 * READS * lanes) ?? fitting.at(-1) ?? SOFTWARE;
  return { ...form, subgroups: numbersSubgroups(info) && form.rows === 1 };
}
