/*
 * Room `store/state`: the type and initial value of every slice, one file each; `With…` is a state that has this slice.
 * Types and constants only. `derived` computes from them; the actions change them.
 */

import type { JobFailure, ModelInfo, Progress } from '../../../engine/jobs';

export interface ModelState {
  /** Number of the opened model; distinguishes its results from those of models opened before. */
  readonly id: number;
  readonly info?: ModelInfo | undefined;
  readonly opening?: { readonly name: string; readonly progress?: Progress } | undefined;
  /** Why no model is open. If one is open, a failure to open another is only a notice. */
  readonly failure?: JobFailure | undefined;
}

export interface WithModel {
  readonly model: ModelState;
}

export const INITIAL_MODEL: ModelState = { id: 0 };
