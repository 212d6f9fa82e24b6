import type {
  JobFailure,
  NamedText,
  RunEvaluation,
  TrainingPlan,
  TrainingSpeed,
  TrainingTexts,
  TrainResult,
} from '../../../engine/jobs';
import type { RaceArm } from '../../../recipe/race';
import type { Recipe } from '../../../recipe/schema';
import type { RaceId } from '../../../recipe/view';

/** One arm with one seed, as far as it is trained. */
export interface Run {
  /** `RaceArm.id`. */
  readonly arm: string;
  readonly seed: number;
  /** What the engine knows it by. */
  readonly name: string;
  readonly status: 'waiting' | 'running' | 'paused' | 'done' | 'diverged' | 'failed';
  /** Steps in all; `losses.length` are done. */
  readonly steps: number;
  /** Of every step, before it. */
  readonly losses: readonly number[];
  /** The first is before the first step. */
  readonly evaluations: readonly RunEvaluation[];
  /** Tensor → gradient norm of every step, by the checkpoint's names in the deeper model. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** Continuations of the race's prompt after some steps. */
  readonly samples: readonly { readonly step: number; readonly text: string }[];
  /** Known once the run was on the device. */
  readonly facts?: RunFacts;
  /** Why it stopped before its end. */
  readonly problem?: string;
}

/** What the engine says of a run beside its losses; times are of the steps done on this visit. */
type RunFacts = Pick<
  TrainResult,
  'stepMs' | 'stepCost' | 'trainable' | 'parameters' | 'layers' | 'newLayers' | 'memory' | 'texts'
>;

/** A race that was started: what it is of does not change any more. */
export interface Race {
  readonly id: string;
  readonly question: RaceId;
  readonly title: string;
  /** What the arms have in common, with the steps of the reference. */
  readonly recipe: Recipe;
  /** Ids of arms of the question that did not take part. */
  readonly without: readonly string[];
  readonly arms: readonly RaceArm[];
  /** `RaceArm.id` of the arm that the others are measured by. */
  readonly reference: string;
  readonly seeds: readonly number[];
  readonly budget: 'tokens' | 'compute';
  /** How often a run is measured, its start and end included. */
  readonly evaluations: number;
  /** Predictions of a step at most, the same for all arms. */
  readonly tokensPerStep: number;
  /** The model's key, which tells it from others, and its name. */
  readonly modelKey: string;
  readonly model: string;
  /** Names of the texts. */
  readonly text: string;
  readonly prompt: string;
  /** The backend in words, and its kind. */
  readonly device: string;
  readonly backend: 'webgpu' | 'cpu';
  /** When it was started, ISO 8601. */
  readonly at: string;
  /** Seed after seed, and within a seed in the order of `arms`. */
  readonly runs: readonly Run[];
}

/** Files of one's own in place of the shipped texts. */
export type OwnTexts = Partial<Readonly<Record<TextUse, NamedText>>>;
export type TextUse = Exclude<keyof TrainingTexts, 'heldOutShare'>;

/** What a race to come would be like on this device. */
export interface RaceForecast {
  /** What it is of; another wish has another key. */
  readonly key: string;
  readonly plan?: TrainingPlan | undefined;
  readonly speed?: TrainingSpeed | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface RaceState {
  readonly status: 'idle' | 'running' | 'pausing' | 'paused' | 'done';
  readonly race?: Race | undefined;
  /** Why nothing goes on; a single arm's reason is its run's. */
  readonly failure?: JobFailure | undefined;
  /** Arms put together by hand. */
  readonly own: readonly RaceArm[];
  readonly texts: OwnTexts;
  /** Continued by every arm on its way. */
  readonly prompt: string;
  readonly forecast?: RaceForecast | undefined;
  readonly forecasting: boolean;
}

/** A state that has this part. */
export interface WithRace {
  readonly race: RaceState;
}

export const INITIAL_RACE: RaceState = {
  status: 'idle',
  own: [],
  texts: {},
  prompt: 'The old astronomer looked up and',
  forecasting: false,
};
