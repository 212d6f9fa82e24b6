/*
 * Room `store/state`: the data of every slice with its first value, one file each. Types and constants only; a file
 * imports another where its data contains the other’s. What is computed from them is in `derived`, what changes them in
 * the actions.
 */

import type { JobFailure, ModelInfo, Progress } from '../../../engine/jobs';

export interface ModelState {
  /** Counts opened models, so that results of an earlier one are never taken for this one's. */
  readonly id: number;
  readonly info?: ModelInfo | undefined;
  readonly opening?: { readonly name: string; readonly progress?: Progress } | undefined;
  /** Why there is no model at all; a failed open beside an open model is only a notice. */
  readonly failure?: JobFailure | undefined;
}

/** A state that has this part. */
export interface WithModel {
  readonly model: ModelState;
}

export const INITIAL_MODEL: ModelState = { id: 0 };
