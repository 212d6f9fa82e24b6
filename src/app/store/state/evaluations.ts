import type { Evaluation, JobFailure, Measurement, Progress } from '../../../engine/jobs';
import type { Recipe } from '../../../recipe/schema';

/** What is kept of an evaluation: not the per-token losses, which nothing here shows. */
export type KeptEvaluation = Omit<Evaluation, 'nll'>;

/** What is kept of a measurement: not the map of all pairs of blocks. */
export type KeptMeasurement = Omit<Measurement, 'cka'>;

/** One finished arm, with all that its numbers depend on. */
export interface SavedResult {
  readonly key: string;
  readonly title: string;
  /** null: the base model. */
  readonly recipe: Recipe | null;
  readonly model: { readonly name: string; readonly layers: number; readonly parameters: number };
  readonly text: string;
  /** The budget; `result.tokens` were predicted. */
  readonly tokens: number;
  /** The backend in words. */
  readonly device: string;
  /** When it was measured, ISO 8601. */
  readonly at: string;
  readonly result: KeptEvaluation;
  readonly measurement?: KeptMeasurement;
}

/** One evaluation, under way or finished. */
export interface Evaluated {
  readonly status: 'running' | 'done' | 'failed';
  readonly progress?: Progress;
  readonly result?: KeptEvaluation;
  readonly measurement?: KeptMeasurement;
  readonly failure?: JobFailure;
  /** What is written to files and kept from one visit to the next. */
  readonly saved?: SavedResult;
}

/** A text of one's own, read from a file. */
interface OwnText {
  readonly name: string;
  readonly text: string;
  /** Tells texts of one name apart. */
  readonly digest: string;
}

export interface EvaluationsState {
  /** By `evaluationKey`: a result is only ever shown for exactly what it was measured on. */
  readonly entries: Readonly<Record<string, Evaluated>>;
  readonly own?: OwnText;
  /** Whether the text of one's own is the one in use. */
  readonly useOwn: boolean;
}

/** A state that has this part. */
export interface WithEvaluations {
  readonly evaluations: EvaluationsState;
}

export const INITIAL_EVALUATIONS: EvaluationsState = { entries: {}, useOwn: false };
