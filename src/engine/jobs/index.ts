// The engine's interface: the table of jobs with their arguments and results, one file per room. The page and the command line
// import their types from here. All values can be sent by `postMessage`. Besides types this folder has the errors of jobs and
// the job queue. It imports no other folder of the engine.

import type { AligningJobs } from './aligning';
import type { DeviceJobs } from './device';
import type { JobEvent } from './events';
import type { HubJobs } from './hub';
import type { ModelJobs } from './models';
import type { NeuronJobs } from './neurons';
import type { PictureJobs } from './pictures';
import type { SavingJobs } from './saving';
import type { TrainingJobs } from './training';
import type { WorkspaceJobs } from './workspace';

export {
  type AgainstNull,
  type BlockMeasure,
  COSTLY_GROUPS,
  MEASURE_GROUPS,
  type MeasureGroup,
  type Measurement,
  type TensorMeasure,
} from '../../measures/measurement';
export { PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../../upscale/block/planned';
export type { SavedLosses } from '../../upscale/saving/card';
export { SAVED_DTYPES, type SavedDType } from '../../upscale/saving/saved-dtype';
export type * from './aligning';
export type * from './device';
export type * from './events';
export type * from './hub';
export type * from './models';
export { SHUFFLED_PARTS } from './models';
export type * from './neurons';
export type * from './pictures';
export type * from './saving';
export type * from './training';
export type * from './workspace';

/** Arguments and result of every job, by its name. */
export interface Jobs
  extends
    WorkspaceJobs,
    HubJobs,
    DeviceJobs,
    AligningJobs,
    NeuronJobs,
    PictureJobs,
    ModelJobs,
    TrainingJobs,
    SavingJobs {}

/** The name of a job. */
export type JobName = keyof Jobs;

/** Options for running a job. */
export interface RunOptions {
  /** Cancels the job. */
  readonly signal?: AbortSignal;
  /** Called with each event that the job sends before its result. */
  readonly onEvent?: (event: JobEvent) => void;
}

/** The interface of the engine: `Engine` runs in this thread, `EngineClient` in a worker. */
export interface EngineApi {
  /** Runs a job. @throws JobError (named like the original error), or AbortError when cancelled. */
  run<N extends JobName>(name: N, args: Jobs[N]['args'], options?: RunOptions): Promise<Jobs[N]['result']>;
  /** Of an engine in a worker: `onSilence` is called with true when the worker no longer answers, and with false when it does again. */
  watch?(onSilence: (silent: boolean) => void): void;
  /** Of an engine in a worker: ends the worker and fails its jobs; the next job starts a new one. */
  restart?(): void;
}
