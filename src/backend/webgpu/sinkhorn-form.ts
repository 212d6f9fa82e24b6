import type { BackendInfo } from '../operations';
import { numbersSubgroups } from './row-forms';

/** Values of the parameters of sinkhorn_rows.wgsl for a problem and a device. */
export interface SinkhornRowForm {
  readonly LANES: number;
  readonly TAKEN: number;
  readonly TOGETHER: number;
  readonly GROUPS: number;
  readonly VECTOR: number;
  readonly SUBGROUPS: number;
}

/** Values of the parameters of sinkhorn_columns.wgsl. */
export interface SinkhornColumnForm {
  readonly WIDTH: number;
  readonly LANES: number;
}

/** Threads to choose from, and most groups of columns that a thread keeps in registers. Least first. */
const HARDWARE = { threads: [128, 256, 512], groups: 4, most: 16 } as const;
const SOFTWARE = { threads: [8, 16, 32], groups: 24, most: 24 } as const;
/** Most groups of a thread's rows that are reduced together. */
const MAX_TOGETHER = 16;

/**
 * Returns the form for rows of `columns` entries. Sizes on hardware are those that were fastest on an NVIDIA H200 among 74 at
 * 1024 to 8192 columns. A software adapter runs the threads of a workgroup in turn, so that few threads, each with many columns,
 * wait for one another less.
 */
export function sinkhornRowForm(columns: number, info: BackendInfo): SinkhornRowForm {
  const { limits, software } = info;
  const VECTOR = columns % 4 === 0 ? 1 : 0;
  const width = VECTOR === 1 ? columns / 4 : columns;
  const SUBGROUPS = numbersSubgroups(info) ? 1 : 0;
  const { threads, groups, most } = software ? SOFTWARE : HARDWARE;
  const allowed = limits['maxComputeInvocationsPerWorkgroup'] ?? 256;
  const fitting = threads.filter((count) => count <= allowed);
  const LANES = fitting.find((count) => width <= count * groups) ?? fitting.at(-1) ?? threads[0];
  const perThread = Math.ceil(width / LANES);
  const GROUPS = perThread <= most ? perThread : 0;
  const wanted = software || GROUPS === 0 ? 1 : MAX_TOGETHER / GROUPS;
  const TOGETHER = [4, 2, 1].find((rows) => rows <= wanted) ?? 1;
  const TAKEN = software || columns > 2048 ? (columns > 6144 ? 32 : 16) : 8;
  return { LANES, TAKEN, TOGETHER, GROUPS, VECTOR, SUBGROUPS };
}

export const sinkhornColumnForm = ({ software }: BackendInfo): SinkhornColumnForm =>
  software ? { WIDTH: 16, LANES: 1 } : { WIDTH: 32, LANES: 8 };
