import type { ModelRequest } from './model-request';

export type { ModelRequest };

export interface ProbeRequest extends ModelRequest {
  /** Either a text, in the model's own tokens, or ids; at most as many as the context holds. */
  readonly text?: string;
  readonly ids?: readonly number[];
  /** The token after which the next one is asked for, counted from 0. Default: the last. */
  readonly at?: number;
  /** How many of the most probable next tokens. Default 10. */
  readonly top?: number;
  /** Also what the model would say at `at` if it ended after each of its blocks. Default false. */
  readonly lens?: boolean;
}

/** A possible next token. */
export interface TokenChance {
  readonly id: number;
  /** Its text; `#id` where it has none of its own. */
  readonly piece: string;
  /** 0 … 1. */
  readonly probability: number;
}

/** What the model would say next if it ended after this block: final norm and head on the residual stream. */
export interface LensRow {
  /** Index in the model asked for; −1 is the embedding. */
  readonly layer: number;
  /** Whether the base model lacks the block. */
  readonly isNew: boolean;
  /** Five at most, the most probable first. */
  readonly top: readonly TokenChance[];
  /** Probability of the token that does follow; null where the text ends. */
  readonly targetProbability: number | null;
  /** Of the whole distribution, in nats. */
  readonly entropy: number;
}

/** What a model makes of a text. */
export interface ProbeResult {
  readonly ids: readonly number[];
  /** The text of every token; `#id` where it has none of its own. */
  readonly pieces: readonly string[];
  /** −log probability (nats) of every token but the first. */
  readonly nll: Float32Array;
  /** The most probable tokens after position `at`, the most probable first. */
  readonly next: readonly TokenChance[];
  /** From the embedding up; empty unless asked for. */
  readonly lens: readonly LensRow[];
}
