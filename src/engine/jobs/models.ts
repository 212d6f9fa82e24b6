import type {
  DistanceMap,
  MapLevel,
  MeasureGroup,
  Measurement,
  NullNumbers,
} from '../../measures/measurement';
import type { MethodId, Recipe } from '../../recipe/schema';
import type { PlannedTensor, PlanSummary } from '../../upscale/block/planned';
import type { AlignRequest } from './aligning';

/** Jobs on whole models: base, deeper or trained. */
export interface ModelJobs {
  /** Forecasts time and memory of making a recipe's new blocks, without making them. */
  forecast: { args: { recipe: Recipe }; result: Forecast };
  /** Evaluates the loss of the base model (`recipe` null) or the deeper model on a text. Events: progress. */
  evaluate: { args: EvaluateRequest; result: Evaluation };
  /** Measures the base model (`recipe` null) or the deeper model: by tensor, by block and as a whole. */
  measure: { args: MeasureRequest; result: Measurement };
  /** Computes distances between neurons: of all pairs of blocks, of the heads of two blocks, or of two heads. */
  map: { args: MapRequest; result: DistanceMap };
  /**
   * Measures the alignments of a gap against their nulls: the same problems with the entries of the next block's rows shuffled.
   * Events: progress.
   */
  null: { args: NullRequest; result: readonly NullMeasure[] };
  /**
   * Shuffles a base block without changing what it computes, averages it with the shuffled copy, and averages it again after the
   * shuffle was found from the weights alone; losses of all on a text. Events: progress.
   */
  twin: { args: TwinRequest; result: Twin };
  /** Measures a base block with one part of it shuffled. */
  shuffled: { args: ShuffledRequest; result: Shuffled };
  /** Continues a prompt. Events: the text generated so far. */
  generate: { args: GenerateRequest; result: Generation };
  /** Reads a text: loss per token, and at one position the next tokens and the logit lens by block. */
  probe: { args: ProbeRequest; result: ProbeResult };
}

/** What making the new blocks of a recipe takes. Times are from a short measurement, for a usual number of iterations. */
export interface Forecast {
  readonly blocks: number;
  /** Bytes of base blocks that are read. */
  readonly readBytes: number;
  /** Most bytes on the device at once. */
  readonly deviceBytes: number;
  /** Bytes of temporary files, for new blocks that do not fit into memory together. */
  readonly temporaryBytes: number;
  readonly seconds: number;
  /** A quicker method for the same gaps, if this one takes long. */
  readonly quicker?: { readonly method: MethodId } & Omit<Forecast, 'quicker'>;
}

/** Selects a model: the base (`recipe` null), a recipe's deeper model, or with `arm` the one trained under that name. */
export interface ModelRequest {
  readonly recipe: Recipe | null;
  readonly arm?: string;
}

/** Either a text or ids, and the model that predicts them. */
export interface EvaluateRequest extends ModelRequest {
  /** Text is tokenised with the model's tokenizer; ids are used unchanged. `oneWindow` does not cut them into windows. */
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
  /** The plans of the new blocks; empty for methods without plans. */
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
  /** What to measure. Default: all but the `COSTLY_GROUPS`. */
  readonly groups?: readonly MeasureGroup[];
}

/** Which neurons to compare: those of `tensor` in all blocks, in two blocks, or in one head of each of two blocks. */
interface MapRequest {
  readonly tensor: PlannedTensor;
  readonly level: MapLevel;
  /** The ground cost between two neurons, as in recipes. Default: Euclidean distance of raw rows. */
  readonly cost?: Recipe['cost'];
  /** At the level of blocks: also the mean distance of this many draws of the null (0 … 100). Default: none. */
  readonly nullDraws?: number;
  /** At the level of neurons: at most this many pixels each way (default 512, at most 1024); larger matrices are pooled. */
  readonly maxPixels?: number;
}

/** Which alignments to measure against their nulls, as for `align`, and how many draws of the null (2 … 100, default 5). */
interface NullRequest extends Pick<AlignRequest, 'recipe' | 'gap' | 'part' | 'against'> {
  /** Default: all. */
  readonly tensors?: readonly PlannedTensor[];
  /** True: rows of gate and up as they are stored, not after o_proj's plan. */
  readonly stored?: boolean;
  readonly draws?: number;
}

/** An alignment against its null, or the reason why it has none. */
export type NullMeasure = { readonly tensor: PlannedTensor } & (
  (NullNumbers & { readonly reason?: never }) | { readonly reason: string }
);

/** The base block to copy, the seed of its shuffle (default 0), and a text as for `evaluate`. */
interface TwinRequest extends Pick<EvaluateRequest, 'text' | 'ids' | 'oneWindow' | 'maxTokens'> {
  readonly block: number;
  readonly seed?: number;
}

/**
 * What of a block to shuffle: hidden units of the MLP; key-value groups with their query heads; value dimensions of every head; or rows of
 * q and k, the same way in every head, which RoPE does not allow.
 */
export const SHUFFLED_PARTS = ['units', 'groups', 'values', 'rows'] as const;
type ShuffledPart = (typeof SHUFFLED_PARTS)[number];

interface ShuffledRequest extends TwinRequest {
  readonly part: ShuffledPart;
}

/** Mean losses (nats) with the block as it is and with one part of it shuffled. */
export interface Shuffled {
  readonly base: number;
  readonly shuffled: number;
  /** Predicted tokens. */
  readonly tokens: number;
}

/** A block and its shuffled copy. */
export interface Twin {
  readonly block: number;
  readonly seed: number;
  /** Mean loss (nats) with the block as it is, or with one of these in its place. */
  readonly losses: {
    readonly base: number;
    /** The shuffled copy: the base's loss but for rounding. */
    readonly copy: number;
    /** The mean of block and copy, tensor by tensor. */
    readonly average: number;
    /** That mean after the copy was put into the order that was found. */
    readonly aligned: number;
  };
  /** How much was found right, of hidden units, query heads and value dimensions (those of all heads together). */
  readonly found: Readonly<Record<'units' | 'heads' | 'values', Share>>;
  /** The hidden unit of the block at each place of the copy, and the place of the copy that was found for each unit of the block. */
  readonly units: { readonly copied: Uint32Array; readonly back: Uint32Array };
  /** Predicted tokens. */
  readonly tokens: number;
  readonly backend: 'webgpu' | 'cpu';
  readonly milliseconds: number;
}

/** So many of all. */
interface Share {
  readonly right: number;
  readonly of: number;
}

/** Either a prompt or ids, and how to sample the continuation. */
interface GenerateRequest extends ModelRequest {
  readonly prompt?: string;
  readonly ids?: readonly number[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** The generated tokens and their text, without the prompt. */
export interface Generation {
  readonly ids: readonly number[];
  readonly text: string;
}

/** A model, and the text it reads. */
interface ProbeRequest extends ModelRequest {
  /** Either a text or ids; at most as many tokens as the model's context. */
  readonly text?: string;
  readonly ids?: readonly number[];
  /** Position, from 0, whose next token is predicted. Default: the last. */
  readonly at?: number;
  /** Number of most probable next tokens to return. Default 10. */
  readonly top?: number;
  /** Also compute the logit lens at `at`, block by block. Default false. */
  readonly lens?: boolean;
}

/** A possible next token. */
export interface TokenChance {
  readonly id: number;
  /** The token's text; `#id` if it has none. */
  readonly piece: string;
  /** 0 … 1. */
  readonly probability: number;
}

/** Logit lens after one block: final norm and head applied to the residual stream there. */
export interface LensRow {
  /** Block index in the requested model; −1 is the embedding. */
  readonly layer: number;
  /** True for a new block. */
  readonly isNew: boolean;
  /** At most five tokens, most probable first. */
  readonly top: readonly TokenChance[];
  /** Probability of the token that follows in the text; null at its end. */
  readonly targetProbability: number | null;
  /** Entropy of the whole distribution, in nats. */
  readonly entropy: number;
}

/** A model's predictions on a text. */
export interface ProbeResult {
  readonly ids: readonly number[];
  /** The text of every token; `#id` if it has none. */
  readonly pieces: readonly string[];
  /** −log probability (nats) of every token but the first. */
  readonly nll: Float32Array;
  /** The most probable tokens after position `at`, in falling order. */
  readonly next: readonly TokenChance[];
  /** One row per block, from the embedding up; empty unless requested. */
  readonly lens: readonly LensRow[];
}
