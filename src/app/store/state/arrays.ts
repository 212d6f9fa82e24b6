import type { JobFailure, Jobs, Progress } from '../../../engine/jobs';

export type ArrayKind = Jobs['save']['args']['what'];

/** Progress of saving an array as a NumPy file. */
export interface ArraysState {
  readonly saving?: ArrayKind | undefined;
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface WithArrays {
  readonly arrays: ArraysState;
}

export const INITIAL_ARRAYS: ArraysState = {};
