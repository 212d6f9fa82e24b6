import type { RunEvaluation } from '../../train/evaluation';
import type { AlignFrame } from './aligning';
import type { TrainStep } from './training';

/** How far a job is. `fraction` is 0…1, or absent where it is not known. */
export interface Progress {
  readonly label: string;
  readonly fraction?: number;
}

/** What a running job may send before its result. */
export type JobEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'frame'; readonly frame: AlignFrame }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'step'; readonly arm: string; readonly step: TrainStep }
  | { readonly type: 'evaluation'; readonly arm: string; readonly evaluation: RunEvaluation }
  | { readonly type: 'sample'; readonly arm: string; readonly step: number; readonly text: string };

/** An error as it crosses to the page: what was expected, what came and one next step are in the message. */
export interface JobFailure {
  readonly name: string;
  readonly message: string;
}
