import type { DistanceMap, MapLevel, MeasureGroup, Measurement } from '../../measures/measurement';
import type { Recipe } from '../../recipe/schema';
import type { PlannedTensor, PlanSummary } from '../../upscale/block/planned';

/** What the base model, a deeper one or a trained one does. */
export interface ModelJobs {
  /** Loss of the base model (`recipe` null) or of the expanded one on a text. Events: progress. */
  evaluate: { args: EvaluateRequest; result: Evaluation };
  /** Measures the base model (`recipe` null) or the expanded one: its tensors, its blocks, the whole. */
  measure: { args: MeasureRequest; result: Measurement };
  /** Distances between the neurons of all pairs of blocks; of a pair of blocks, of their heads; of two heads, of their neurons. */
  map: { args: MapRequest; result: DistanceMap };
  /** Continues a prompt. Events: the text so far. */
  generate: { args: GenerateRequest; result: Generation };
  /** What a model makes of a text: loss per token, the next tokens at a position, and there the lens by block. */
  probe: { args: ProbeRequest; result: ProbeResult };
}

/** A model to look at: the base (`recipe` null), a recipe's, or with `arm` what was trained under that name. */
export interface ModelRequest {
  readonly recipe: Recipe | null;
  readonly arm?: string;
}

/** Either a text or ids, and the model that is to predict them. */
export interface EvaluateRequest extends ModelRequest {
  /** Text is tokenised with the model's tokenizer; ids are taken as they are, as one window when `oneWindow`. */
  readonly text?: string;
  readonly ids?: readonly number[];
  readonly oneWindow?: boolean;
  /** Evaluate at most this many tokens. */
  readonly maxTokens?: number;
  /** Also compare logits with the base model's, position by position. */
  readonly compareWithBase?: boolean;
}

/** The loss of a text in nats. */
export interface Evaluation {
  readonly loss: number;
  readonly perplexity: number;
  /** Predicted tokens. */
  readonly tokens: number;
  readonly nll: Float32Array;
  readonly backend: 'webgpu' | 'cpu';
  readonly milliseconds: number;
  readonly layers: number;
  readonly parameters: number;
  /** max |logit − base logit|; exactly 0 for function-preserving methods. With `compareWithBase`. */
  readonly maxLogitDifference?: number;
  /** Plans of the new blocks; empty for methods without plans. */
  readonly plans: readonly PlanSummary[];
}

/** What to measure of the base model (`recipe` null) or of a deeper one, on either a text or ids. */
export interface MeasureRequest {
  readonly recipe: Recipe | null;
  /** As for `evaluate`: either a text or ids. */
  readonly text?: string;
  readonly ids?: readonly number[];
  /** Predict at most this many tokens. */
  readonly maxTokens?: number;
  /** Predict at most this many tokens of the first window for what is measured per block (default 128, at most 256). */
  readonly sampleTokens?: number;
  /** What to measure. Default: all but `ablations`. */
  readonly groups?: readonly MeasureGroup[];
}

/** Which neurons to compare: `tensor` of all blocks, of two, or of a head of each of two. */
interface MapRequest {
  readonly tensor: PlannedTensor;
  readonly level: MapLevel;
  /** The ground cost between two neurons, in the recipe's words. Default: Euclidean distances of raw rows. */
  readonly cost?: Recipe['cost'];
  /** For neurons: at most this many pixels each way (default 512, at most 1024); larger matrices are pooled. */
  readonly maxPixels?: number;
}

/** Either a prompt or ids, and how to go on from there. */
interface GenerateRequest extends ModelRequest {
  readonly prompt?: string;
  readonly ids?: readonly number[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** What was made; the prompt is no part of it. */
export interface Generation {
  readonly ids: readonly number[];
  readonly text: string;
}

/** The model asked, and what it reads. */
interface ProbeRequest extends ModelRequest {
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
