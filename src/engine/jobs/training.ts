import type { Recipe } from '../../recipe/schema';
import type { StepTimes } from '../../train/clock';
import type { RunEvaluation } from '../../train/evaluation';
import type { MemoryPlan } from '../../train/memory';

export type { RunEvaluation, StepTimes };

/** Arms: deeper models in training. */
export interface TrainingJobs {
  /** What a training would hold and learn from, before anything is made for it. */
  planTraining: { args: PlanRequest; result: TrainingPlan };
  /** How long a step takes here, tried on a few of them. */
  trainingSpeed: { args: SpeedRequest; result: TrainingSpeed };
  /** Trains an arm, or goes on with it. Events: `step`, `evaluation` and `sample`. */
  train: { args: TrainRequest; result: TrainResult };
  /** An arm's state, exact, to be kept and given to `train` again. */
  trainingState: { args: { arm: string }; result: TrainingState };
  /** Has an arm on the device as it was kept, without a step more. @throws where nothing was kept. */
  bringTraining: { args: TrainRequest; result: { readonly step: number } };
  /** Keeps an arm's state, exact, for another visit: `train` with the same `keep` goes on from it. */
  keepTraining: { args: { arm: string; keep: string }; result: KeptTraining };
  /** Forgets an arm. With `keep` what was kept under that name, too. */
  dropTraining: { args: { arm: string; keep?: string }; result: null };
}

/** A file of text, as picked: `.jsonl` is read line by line. */
export interface NamedText {
  readonly name: string;
  readonly content: string;
}

/** What an arm learns from, and what it is measured by. */
export interface TrainingTexts {
  /** Learnt from for `steps`. */
  readonly train?: NamedText;
  /** Pairs of instruction and response, learnt from for `tuningSteps`. */
  readonly pairs?: NamedText;
  /** Text of the new domain and of the old one, and pairs, that are measured and never learnt from. */
  readonly heldout?: NamedText;
  readonly retention?: NamedText;
  readonly heldoutPairs?: NamedText;
  /** Without `heldout`: the share of the windows of `train`, its last ones, that is measured instead of learnt from. */
  readonly heldOutShare?: number;
}

/** An arm, and how far to train it now. */
export interface TrainRequest {
  /** Names the arm; the same name goes on where it stands. */
  readonly arm: string;
  readonly recipe: Recipe;
  readonly texts: TrainingTexts;
  /** Do at most this many steps now. */
  readonly maxSteps?: number;
  /** Evaluate after every so many steps, at the start and at the end. Default: a fifth of all. */
  readonly evaluateEvery?: number;
  /** What `trainingState` gave: go on from there. */
  readonly state?: Uint8Array;
  /** What may be held on the device. Default 4 GiB. */
  readonly memoryBytes?: number;
  /** A name under which the state is kept from one visit to the next, every tenth of the way; gone on from where there is one. */
  readonly keep?: string;
  /** Continued by the most probable tokens after every evaluation. */
  readonly sample?: { readonly prompt: string; readonly maxTokens: number };
}

/** Arms to be planned. */
interface PlanRequest extends Pick<TrainRequest, 'texts' | 'memoryBytes'> {
  /** Arms that learn from the same windows: batch and context are the first one's. */
  readonly recipes: readonly Recipe[];
}

/** What arms would learn from, and each of them hold. */
export interface TrainingPlan {
  readonly texts: readonly TextReport[];
  /** Predictions that an evaluation measures. */
  readonly measured: number;
  /** As `recipes`. */
  readonly arms: readonly (ArmPlan | { readonly problem: string })[];
}

/** What an arm holds and learns. */
export interface ArmPlan {
  readonly memory: MemoryPlan;
  /** Parameters that learn. */
  readonly trainable: number;
  readonly layers: number;
  readonly newLayers: readonly number[];
  /** A step's cost by the model of method.md 7.5, in forward passes of one block. */
  readonly stepCost: number;
}

/** The size of a step. */
interface SpeedRequest {
  /** Windows in a step, and their length. */
  readonly batch: number;
  readonly context: number;
}

/** How long things take on this device, in milliseconds. */
export interface TrainingSpeed {
  /** Of one step, and of what it costs by the model of method.md 7.5. */
  readonly stepMs: StepTimes;
  readonly stepCost: number;
  /** Of a measured text. */
  readonly evaluationMsPerToken: number;
}

/** The step that was kept. */
interface KeptTraining {
  readonly step: number;
  /** False where nothing can be kept from one visit to the next: it is kept until the page is left. */
  readonly lasting: boolean;
}

/** What became of one text. */
export interface TextReport {
  readonly name: string;
  /** Texts or pairs in the file. */
  readonly texts: number;
  readonly tokens: number;
  /** Windows to learn from. */
  readonly examples: number;
  /** Tokens that stand for what the vocabulary lacks. */
  readonly unknown: number;
  /** Few mean that the vocabulary does not fit the text. */
  readonly charactersPerToken: number;
  /** Pairs cut at the context, and left out because no response was left. */
  readonly cut?: number;
  readonly dropped?: number;
}

/** One step done. */
export interface TrainStep {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  readonly stage: 'text' | 'pairs';
  readonly rate: number;
  /** Predictions that counted in this step. */
  readonly tokens: number;
  /** Before the step. */
  readonly loss: number;
  /** Of the whole gradient, before clipping, and of each tensor's, by the checkpoint's names. */
  readonly gradientNorm: number;
  readonly gradientNorms: Readonly<Record<string, number>>;
  readonly milliseconds: StepTimes;
}

/** As planned, and what came of it. */
export interface TrainResult extends ArmPlan {
  readonly arm: string;
  /** Steps done, and in all; `done` when none is left. */
  readonly step: number;
  readonly steps: number;
  readonly done: boolean;
  /** Of every step, before it. */
  readonly losses: readonly number[];
  readonly evaluations: readonly RunEvaluation[];
  /** Means over the steps done here, without the first where there are others; null where none was. */
  readonly stepMs: StepTimes | null;
  /** All of the deeper model's. */
  readonly parameters: number;
  /** Predictions learnt from. */
  readonly tokens: number;
  readonly texts: readonly TextReport[];
  readonly backend: 'webgpu' | 'cpu';
  /** Why it stopped before its end. The last sound state is kept. */
  readonly diverged?: string;
  /** Why its state could not be kept for another visit. */
  readonly unkept?: string;
}

/** An arm’s state, exact, as bytes that `train` takes. */
export interface TrainingState {
  readonly arm: string;
  readonly step: number;
  readonly state: Uint8Array;
}
