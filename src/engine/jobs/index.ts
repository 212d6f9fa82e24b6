// What the engine can be asked for: the table of jobs, and beside it, room by room, their arguments and results. The page and
// the command line import their types from here. Everything survives `postMessage`. Nothing here computes; besides types
// this folder holds the errors of jobs and what puts jobs in order. It imports no other folder of the engine.

import type { AligningJobs } from './aligning';
import type { JobEvent } from './events';
import type { ModelJobs } from './models';
import type { NeuronJobs } from './neurons';
import type { PictureJobs } from './pictures';
import type { SavingJobs } from './saving';
import type { TrainingJobs } from './training';
import type { WorkspaceJobs } from './workspace';

export {
  type BlockMeasure,
  MEASURE_GROUPS,
  type MeasureGroup,
  type Measurement,
  type TensorMeasure,
} from '../../measures/measurement';
export { PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../../upscale/block/planned';
export type * from './aligning';
export type * from './events';
export type * from './models';
export type * from './neurons';
export type * from './pictures';
export type * from './saving';
export type * from './training';
export type * from './workspace';

/** A job's arguments and result, keyed by its name. */
export interface Jobs
  extends WorkspaceJobs, AligningJobs, NeuronJobs, PictureJobs, ModelJobs, TrainingJobs, SavingJobs {}

/** The name of a job. */
export type JobName = keyof Jobs;

/** How a job is run. */
export interface RunOptions {
  /** Cancels the job. */
  readonly signal?: AbortSignal;
  /** Called with what the job sends before its result. */
  readonly onEvent?: (event: JobEvent) => void;
}

/** The engine as its users see it: in this thread (`Engine`), or behind a worker (`EngineClient`). */
export interface EngineApi {
  /** Runs a job. @throws JobError (named as the original error), or AbortError when cancelled. */
  run<N extends JobName>(name: N, args: Jobs[N]['args'], options?: RunOptions): Promise<Jobs[N]['result']>;
}
