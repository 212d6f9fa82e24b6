import type { Recipe } from '../../recipe/schema';
import type { StepTimes } from '../../train/clock';
import type { RunEvaluation } from '../../train/evaluation';
import type { MemoryPlan } from '../../train/memory';

export type { RunEvaluation, StepTimes };

/** Jobs that train arms (deeper models). */
export interface TrainingJobs {
  /** Plans memory and data of a training without allocating anything. */
  planTraining: { args: PlanRequest; result: TrainingPlan };
  /** Measures the time of a training step on this device. */
  trainingSpeed: { args: SpeedRequest; result: TrainingSpeed };
  /** Makes an arm, so that `train` can begin at once. Runs beside other jobs. Events: `progress`. */
  prepareTraining: { args: TrainRequest; result: { readonly step: number } };
  /** Evaluates an arm as it was before its first step. Runs beside other jobs, also its training. Events: `evaluation` and `sample`. */
  evaluateStart: { args: TrainRequest; result: RunEvaluation };
  /** Starts or continues the training of an arm. Events: `step`, `evaluation`, `sample` and `kept`. */
  train: { args: TrainRequest; result: TrainResult };
  /** Returns an arm's exact state, to pass to `train` later. */
  trainingState: { args: { arm: string }; result: TrainingState };
  /** Loads an arm's kept state onto the device without training. @throws RequestError if nothing was kept. */
  bringTraining: { args: TrainRequest; result: { readonly step: number } };
  /** Stores an arm's exact state for another visit: `train` with the same `keep` continues from it. */
  keepTraining: { args: { arm: string; keep: string }; result: KeptTraining };
  /** Frees an arm; with `keep` also removes the state stored under that name. */
  dropTraining: { args: { arm: string; keep?: string }; result: null };
}

/** A text file: `.jsonl` is read line by line. */
export interface NamedText {
  readonly name: string;
  readonly content: string;
}

/** The texts that an arm is trained and evaluated on. */
export interface TrainingTexts {
  /** Text for the recipe's `steps`. */
  readonly train?: NamedText;
  /** Pairs of instruction and response for the recipe's `tuningSteps`. */
  readonly pairs?: NamedText;
  /** Evaluated only, never trained on: text of the new domain, text of the old domain, and pairs. */
  readonly heldout?: NamedText;
  readonly retention?: NamedText;
  readonly heldoutPairs?: NamedText;
  /** Without `heldout`: this share of the windows of `train`, the last ones, is held out. */
  readonly heldOutShare?: number;
}

/** An arm, and how far to train it. */
export interface TrainRequest {
  /** Name of the arm; a request with the same name continues its training. */
  readonly arm: string;
  readonly recipe: Recipe;
  readonly texts: TrainingTexts;
  /** At most this many steps in this job. */
  readonly maxSteps?: number;
  /** Evaluate every so many steps, at the start and at the end. Default: a fifth of all steps. */
  readonly evaluateEvery?: number;
  /** If true, the evaluation at the start is left to `evaluateStart`. */
  readonly startLater?: boolean;
  /** Result of `trainingState` to continue from. */
  readonly state?: Uint8Array;
  /** Memory budget on the device. Default 4 GiB. */
  readonly memoryBytes?: number;
  /** Name under which the state is stored after every tenth of the steps; a state stored before is continued from. */
  readonly keep?: string;
  /** Prompt that is continued greedily after every evaluation. */
  readonly sample?: { readonly prompt: string; readonly maxTokens: number };
}

/** The arms to plan. */
interface PlanRequest extends Pick<TrainRequest, 'texts' | 'memoryBytes'> {
  /** All arms train on the same windows: batch and context are those of the first recipe. */
  readonly recipes: readonly Recipe[];
}

/** The texts, and the plan of each arm. */
export interface TrainingPlan {
  readonly texts: readonly TextReport[];
  /** Number of predictions in one evaluation. */
  readonly measured: number;
  /** One entry per recipe of the request. */
  readonly arms: readonly (ArmPlan | { readonly problem: string })[];
}

/** Memory and parameters of an arm. */
export interface ArmPlan {
  readonly memory: MemoryPlan;
  /** Number of trainable parameters. */
  readonly trainable: number;
  readonly layers: number;
  readonly newLayers: readonly number[];
  /** A step's cost by the model of method.md 7.5, in forward passes of one block. */
  readonly stepCost: number;
}

/** The size of a step. */
interface SpeedRequest {
  /** Windows per step, and their length in tokens. */
  readonly batch: number;
  readonly context: number;
}

/** Times on this device, in milliseconds. */
export interface TrainingSpeed {
  /** Time of one step, and its cost by the model of method.md 7.5. */
  readonly stepMs: StepTimes;
  readonly stepCost: number;
  /** Time per evaluated token. */
  readonly evaluationMsPerToken: number;
}

/** The stored state. */
interface KeptTraining {
  readonly step: number;
  /** False if the state is lost when the page is left, because there is no lasting storage. */
  readonly lasting: boolean;
}

/** How one text was tokenised and cut into examples. */
export interface TextReport {
  readonly name: string;
  /** Number of texts or pairs in the file. */
  readonly texts: number;
  readonly tokens: number;
  /** Number of windows. */
  readonly examples: number;
  /** Number of unknown tokens. */
  readonly unknown: number;
  /** A small number means that the vocabulary does not fit the text. */
  readonly charactersPerToken: number;
  /** Pairs cut at the context length, and pairs dropped because no response was left. */
  readonly cut?: number;
  readonly dropped?: number;
}

/** Report of one training step. */
export interface TrainStep {
  /** Counted from 1. */
  readonly step: number;
  readonly steps: number;
  readonly stage: 'text' | 'pairs';
  readonly rate: number;
  /** Number of predictions in this step's loss. */
  readonly tokens: number;
  /** Loss before the step. */
  readonly loss: number;
  /** Norms of the whole gradient before clipping, and of each tensor's gradient by its checkpoint name. */
  readonly gradientNorm: number;
  readonly gradientNorms: Readonly<Record<string, number>>;
  readonly milliseconds: StepTimes;
}

/** The arm's plan, and the state of its training. */
export interface TrainResult extends ArmPlan {
  readonly arm: string;
  /** Steps done, and steps in total; `done` when none is left. */
  readonly step: number;
  readonly steps: number;
  readonly done: boolean;
  /** Loss before every step. */
  readonly losses: readonly number[];
  readonly evaluations: readonly RunEvaluation[];
  /** Mean times over the steps of this session, without the first if there are others; null if there are none. */
  readonly stepMs: StepTimes | null;
  /** All parameters of the deeper model. */
  readonly parameters: number;
  /** Predictions trained on so far. */
  readonly tokens: number;
  readonly texts: readonly TextReport[];
  readonly backend: 'webgpu' | 'cpu';
  /** Why training stopped early. The last finite state is kept. */
  readonly diverged?: string;
  /** Why the state could not be stored. */
  readonly unkept?: string;
  /** Step of the stored state, if one is stored. */
  readonly keptStep?: number;
}

/** An arm’s exact state, as bytes for `train`. */
export interface TrainingState {
  readonly arm: string;
  readonly step: number;
  readonly state: Uint8Array;
}
