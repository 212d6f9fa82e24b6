import type { JobFailure, LensRow, Progress, TokenChance } from '../../../engine/jobs';

/** Fields common to the results of a column. */
interface ResultOf {
  /** Key of the model and backend; a result with another key is not shown. */
  readonly of: string;
  /** Training steps of the model; 0 if untrained. */
  readonly steps: number;
  readonly status: 'running' | 'done' | 'stopped' | 'failed';
  readonly failure?: JobFailure;
}

/** A continued prompt. */
export interface Continuation extends ResultOf {
  /** `settingsKey` of prompt and settings. */
  readonly settings: string;
  readonly prompt: string;
  /** The text so far, without the prompt. */
  readonly text: string;
  /** Probable next tokens after the prompt. */
  readonly next?: readonly TokenChance[];
  /** Number of generated tokens and tokens per second after the first; known at the end. */
  readonly tokens?: number;
  readonly perSecond?: number;
}

/** Losses of a text, token by token. */
export interface TextReading extends ResultOf {
  readonly text: string;
  readonly ids: readonly number[];
  readonly pieces: readonly string[];
  /** −log probability (nats) of every token but the first. */
  readonly nll: Float32Array;
}

/** Prediction of one token of a text from the tokens before it. */
export interface TokenInspection extends ResultOf {
  readonly text: string;
  /** Index of the token, from 1. */
  readonly token: number;
  readonly next: readonly TokenChance[];
  /** Logit lens after each block, starting at the embedding. */
  readonly lens: readonly LensRow[];
  /** Loss of the token, in nats. */
  readonly loss: number;
}

/** A model with its results. */
export interface TryColumn {
  readonly id: number;
  /** `base`, `recipe`, or `run:` and the name of a trained run. */
  readonly model: string;
  readonly written?: Continuation;
  readonly read?: TextReading;
  readonly look?: TokenInspection;
}

/** Tasks of Try: continue the prompt, measure a text, inspect one token. */
export type TryTask = 'write' | 'read' | 'look';

export interface TryState {
  readonly columns: readonly TryColumn[];
  /** The text to measure. */
  readonly text: string;
  /** Index of the chosen token in the text. */
  readonly token: number | null;
  /** The column each running task is working on. */
  readonly running: Partial<
    Readonly<Record<TryTask, { readonly column: number; readonly progress?: Progress }>>
  >;
}

export interface WithTry {
  readonly tryStage: TryState;
}

export const INITIAL_TRY: TryState = {
  columns: [
    { id: 0, model: 'base' },
    { id: 1, model: 'recipe' },
  ],
  text: '',
  token: null,
  running: {},
};
