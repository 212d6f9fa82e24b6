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

/** One arm trained with one seed: its progress and results so far. */
export interface Run {
  /** `RaceArm.id`. */
  readonly arm: string;
  readonly seed: number;
  /** Name of the training in the engine. */
  readonly name: string;
  readonly status: 'waiting' | 'running' | 'paused' | 'done' | 'diverged' | 'failed';
  /** Total steps; `losses.length` of them are done. */
  readonly steps: number;
  /** Loss before each step. */
  readonly losses: readonly number[];
  /** The first one was made before the first step. */
  readonly evaluations: readonly RunEvaluation[];
  /** Gradient norm of every step, by tensor name in the deeper checkpoint. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** Continuations of the race's prompt, by step. */
  readonly samples: readonly { readonly step: number; readonly text: string }[];
  /** Known once the run has been on the device. */
  readonly facts?: RunFacts;
  /** Step of the stored state; a later visit goes on from there. */
  readonly keptStep?: number;
  /** Why it stopped early. */
  readonly problem?: string;
}

/** Facts about a run apart from its losses; times are of the steps done on this visit. */
type RunFacts = Pick<
  TrainResult,
  'stepMs' | 'stepCost' | 'trainable' | 'parameters' | 'layers' | 'newLayers' | 'memory' | 'texts'
>;

/** A started race. Only `runs` changes from here on. Stored as JSON (saved-race.ts). */
export interface Race {
  readonly id: string;
  readonly question: RaceId;
  readonly title: string;
  /** Settings common to all arms, with the steps of the reference. */
  readonly recipe: Recipe;
  /** Ids of the preset's arms that were left out. */
  readonly without: readonly string[];
  readonly arms: readonly RaceArm[];
  /** `RaceArm.id` of the arm the others are compared with. */
  readonly reference: string;
  readonly seeds: readonly number[];
  readonly budget: 'tokens' | 'compute';
  /** Evaluations of each run, including start and end. */
  readonly evaluations: number;
  /** Maximum predictions in a step, the same for all arms. */
  readonly tokensPerStep: number;
  /** Key that identifies the model, and its name. */
  readonly modelKey: string;
  readonly model: string;
  /** Name of the training text. */
  readonly text: string;
  readonly prompt: string;
  /** Description and kind of the backend. */
  readonly device: string;
  readonly backend: 'webgpu' | 'cpu';
  /** When it was started, ISO 8601. */
  readonly at: string;
  /** Ordered by seed, then as in `arms`. */
  readonly runs: readonly Run[];
}

/** A race that is kept in this browser, also one of another tab. */
export interface KeptRace {
  /** `Race.id`. */
  readonly id: string;
  /** Undefined if it cannot be read. */
  readonly about?: Pick<Race, 'title' | 'text' | 'model' | 'at'> & {
    /** Steps of all runs, done and in total. */
    readonly done: number;
    readonly steps: number;
  };
  /** Why it cannot be read. */
  readonly problem?: string;
  /** True while another tab has it. */
  readonly elsewhere: boolean;
}

/** The user's own files that replace shipped texts. */
export type OwnTexts = Partial<Readonly<Record<TextUse, NamedText>>>;
export type TextUse = Exclude<keyof TrainingTexts, 'heldOutShare'>;

/** Forecast of a race that has not started: its plan and the speed of this device. */
export interface RaceForecast {
  /** `forecastKey` of the settings it was made for. */
  readonly key: string;
  readonly plan?: TrainingPlan | undefined;
  readonly speed?: TrainingSpeed | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface RaceState {
  readonly status: 'idle' | 'running' | 'pausing' | 'paused' | 'done';
  readonly race?: Race | undefined;
  /** Estimated ms until the race has finished, measurements included; undefined until a step was timed. */
  readonly remainingMs?: number | undefined;
  /** What is done beside training: which arm is prepared or evaluated, and how far it is. */
  readonly beside?: string | undefined;
  /** What a later visit could not go on from, in words; until it goes on. */
  readonly lost?: string | undefined;
  /** Races kept in this browser beside the one on show. */
  readonly others: readonly KeptRace[];
  /** Why the race stopped; the failure of a single arm is in its run. */
  readonly failure?: JobFailure | undefined;
  /** Arms the user defined. */
  readonly own: readonly RaceArm[];
  readonly texts: OwnTexts;
  /** Prompt that every arm continues now and then during training. */
  readonly prompt: string;
  readonly forecast?: RaceForecast | undefined;
  readonly forecasting: boolean;
}

export interface WithRace {
  readonly race: RaceState;
}

export const INITIAL_RACE: RaceState = {
  status: 'idle',
  others: [],
  own: [],
  texts: {},
  prompt: 'The old astronomer looked up and',
  forecasting: false,
};
