import type { JobFailure, LensRow, Progress, TokenChance } from '../../../engine/jobs';

/** What a result is of. */
interface ResultOf {
  /** The model, the backend and what of them was asked: another one's result is not shown. */
  readonly of: string;
  /** Training steps behind it; 0 for what is not trained. */
  readonly steps: number;
  readonly status: 'running' | 'done' | 'stopped' | 'failed';
  readonly failure?: JobFailure;
}

/** A prompt continued. */
export interface Continuation extends ResultOf {
  /** Prompt and settings it was made with, as `settingsKey`. */
  readonly settings: string;
  readonly prompt: string;
  /** The text so far, without the prompt. */
  readonly text: string;
  /** What may come after the prompt. */
  readonly next?: readonly TokenChance[];
  /** Tokens made, once it is over, and how many a second after the first. */
  readonly tokens?: number;
  readonly perSecond?: number;
}

/** A text measured. */
export interface TextReading extends ResultOf {
  readonly text: string;
  readonly ids: readonly number[];
  readonly pieces: readonly string[];
  /** −log probability (nats) of every token but the first. */
  readonly nll: Float32Array;
}

/** One token of a text looked at: what came before it makes the prediction. */
export interface TokenInspection extends ResultOf {
  readonly text: string;
  /** Index of the token, from 1. */
  readonly token: number;
  readonly next: readonly TokenChance[];
  /** From the embedding up. */
  readonly lens: readonly LensRow[];
  /** The token's own, in nats. */
  readonly loss: number;
}

/** A model with what it made. */
export interface TryColumn {
  readonly id: number;
  /** `base`, `recipe`, or `run:` and the name of a trained run. */
  readonly model: string;
  readonly written?: Continuation;
  readonly read?: TextReading;
  readonly look?: TokenInspection;
}

/** What is under way: continuing, measuring a text, or looking at a token. */
export type TryTask = 'write' | 'read' | 'look';

export interface TryState {
  readonly columns: readonly TryColumn[];
  /** The text to be read. */
  readonly text: string;
  /** The chosen token of it. */
  readonly token: number | null;
  /** The column each task is at. */
  readonly running: Partial<
    Readonly<Record<TryTask, { readonly column: number; readonly progress?: Progress }>>
  >;
}

/** A state that has this part. */
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
