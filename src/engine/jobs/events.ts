import type { RunEvaluation } from '../../train/evaluation';
import type { AlignFrame } from './aligning';
import type { TrainStep } from './training';

/** Progress of a job. `fraction` is 0…1, or absent if unknown. */
export interface Progress {
  readonly label: string;
  readonly fraction?: number;
}

/** An event of a running job, sent before its result. */
export type JobEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  /** Something that the user should know and that stops nothing, in one or two sentences. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'frame'; readonly frame: AlignFrame }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'step'; readonly arm: string; readonly step: TrainStep }
  | { readonly type: 'evaluation'; readonly arm: string; readonly evaluation: RunEvaluation }
  | { readonly type: 'sample'; readonly arm: string; readonly step: number; readonly text: string }
  /** The state of an arm after a step was stored. */
  | { readonly type: 'kept'; readonly arm: string; readonly step: number };

/** An error as sent to the page. The message says what was expected, what came, and one next step. */
export interface JobFailure {
  readonly name: string;
  readonly message: string;
}
