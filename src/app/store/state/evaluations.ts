import type { Evaluation, JobFailure, Measurement, Progress } from '../../../engine/jobs';
import type { Recipe } from '../../../recipe/schema';

/** An evaluation without its per-token losses, which Compare does not show. */
export type StoredEvaluation = Omit<Evaluation, 'nll'>;

/** A measurement without its CKA of all pairs of blocks. */
export type StoredMeasurement = Omit<Measurement, 'cka'>;

/** The result of one arm, with everything its numbers depend on. */
export interface SavedResult {
  readonly key: string;
  readonly title: string;
  /** null: the base model. */
  readonly recipe: Recipe | null;
  readonly model: { readonly name: string; readonly layers: number; readonly parameters: number };
  readonly text: string;
  /** The token budget; `result.tokens` counts the predictions. */
  readonly tokens: number;
  /** Description of the backend. */
  readonly device: string;
  /** When it was measured, ISO 8601. */
  readonly at: string;
  readonly result: StoredEvaluation;
  readonly measurement?: StoredMeasurement;
}

/** One evaluation, running or finished. */
export interface EvaluationEntry {
  readonly status: 'running' | 'done' | 'failed';
  readonly progress?: Progress;
  readonly result?: StoredEvaluation;
  readonly measurement?: StoredMeasurement;
  readonly failure?: JobFailure;
  /** The form that is written to files and stored for later visits. */
  readonly saved?: SavedResult;
}

/** The user's own text, read from a file. */
interface OwnText {
  readonly name: string;
  readonly text: string;
  /** Distinguishes texts of the same name. */
  readonly digest: string;
}

export interface EvaluationsState {
  /** By `evaluationKey`, so that a result is only shown for exactly what was measured. */
  readonly entries: Readonly<Record<string, EvaluationEntry>>;
  readonly own?: OwnText;
  /** True if the user's own text is in use. */
  readonly useOwn: boolean;
}

export interface WithEvaluations {
  readonly evaluations: EvaluationsState;
}

export const INITIAL_EVALUATIONS: EvaluationsState = { entries: {}, useOwn: false };
