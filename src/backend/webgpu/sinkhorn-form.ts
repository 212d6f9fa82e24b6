import type { BackendInfo } from '../operations';

/** Form of sinkhorn_rows.wgsl for a problem and a device: values of its parameters. */
export interface RowForm {
  readonly THREADS: number;
  readonly ROWS: number;
  readonly TOGETHER: number;
  readonly GROUPS: number;
  readonly VECTORS: number;
  readonly SUBGROUPS: number;
}

/** Most groups of columns that a thread keeps in registers, with their column sums. */
const MAX_GROUPS = 16;
/** Most numbers of a thread's rows that are reduced together, in groups. */
const MAX_TOGETHER = 16;

/**
 * Returns the form for rows of `columns` entries. Sizes on hardware are those that were fastest on an NVIDIA H200 among 74 at
 * 1024 to 8192 columns. A software adapter runs the threads of a workgroup one after the other on few cores.
 */
export function rowForm(columns: number, { limits, features, software }: BackendInfo): RowForm {
  const VECTORS = columns % 4 === 0 ? 1 : 0;
  const width = VECTORS === 1 ? columns / 4 : columns;
  const most = limits['maxComputeInvocationsPerWorkgroup'] ?? 256;
  const subgroup = limits['subgroupMinSize'] ?? 0;
  // Threads of a workgroup are taken to fill its subgroups in order, which only holds where all have one size.
  const SUBGROUPS =
    features.includes('subgroups') && subgroup === limits['subgroupMaxSize'] && !software ? subgroup : 0;
  const choices = software ? [64, 128, 256] : [128, 256, 512];
  const perThread = software ? 8 : 4;
  const fitting = choices.filter((threads) => threads <= most);
  const THREADS = fitting.find((threads) => width <= threads * perThread) ?? fitting.at(-1) ?? 64;
  const groups = Math.ceil(width / THREADS);
  const GROUPS = groups <= MAX_GROUPS ? groups : 0;
  const TOGETHER = GROUPS === 0 ? 1 : ([4, 2, 1].find((rows) => rows * GROUPS <= MAX_TOGETHER) ?? 1);
  const ROWS = columns <= 2048 ? 8 : columns <= 6144 ? 16 : 32;
  return { THREADS, ROWS, TOGETHER, GROUPS, VECTORS, SUBGROUPS };
}
