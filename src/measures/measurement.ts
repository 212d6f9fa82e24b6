import type { PlannedTensor } from '../upscale/block/planned';

/**
 * Groups of measures. `attention` and `lens` cost little more than the forward pass of `blocks`; `ablations` cost two forward
 * passes per block; `tensors` solves every plan of the recipe again, `null` six more of each.
 */
export const MEASURE_GROUPS = [
  'model',
  'tensors',
  'blocks',
  'attention',
  'lens',
  'ablations',
  'null',
] as const;
export type MeasureGroup = (typeof MEASURE_GROUPS)[number];

/** Groups that cost much more than the others, and are measured only where they are asked for. */
export const COSTLY_GROUPS: readonly MeasureGroup[] = ['ablations', 'null'];

/**
 * Measures of one tensor of one new block. `null`: the number does not exist, because its group was not requested, there is no plan,
 * the tensor has over 512 rows (too many for the exact assignment), or a zeroed tensor has no direction.
 */
export interface TensorMeasure {
  /** The base block before the new block. */
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /** The parents. `next` is null after the last block; then all measures that need it are null, too. */
  readonly previous: number;
  readonly next: number | null;
  /** Number of matched neurons. */
  readonly rows: number;

  /** exp of the mean entropy of the plan's rows: 1 is a permutation, `rows` is uniform. */
  readonly planPerplexity: number | null;
  /** L1 error of the column marginal. */
  readonly marginalError: number | null;
  readonly converged: boolean | null;
  /** Σ T·M of the plan, whose mass is 1. */
  readonly transportCost: number | null;
  /** Σ T·M of the exact assignment: the minimum. */
  readonly exactCost: number | null;
  /** Mean of M_ii, the cost of the identity plan; and of all M_ij, the cost of the uniform plan. */
  readonly identityCost: number | null;
  readonly meanCost: number | null;
  /** Permutation score 1 − cost / meanCost by index and by plan: 0 is chance level, 1 a perfect match. */
  readonly scoreBefore: number | null;
  readonly scoreAfter: number | null;
  /** trace(P)/n with P = n·T: 1 for the identity plan, 1/n for the uniform plan. */
  readonly identityShare: number | null;
  /** Fraction of rows whose largest plan entry is their partner in the exact assignment. */
  readonly assignmentAgreement: number | null;
  /** ‖PᵀŴ‖/‖Ŵ‖ of the barycentric map: 1 for a permutation, near 0 if averaged rows cancel. */
  readonly normKept: number | null;

  /** ‖W‖/‖W⁽¹⁾‖ and ‖W‖/‖W⁽²⁾‖ of the new weight W; 0 if it is zeroed. */
  readonly normToPrevious: number | null;
  readonly normToNext: number | null;
  readonly cosinePrevious: number | null;
  /** A cosine ignores scale, so this is also the cosine to half the next block. */
  readonly cosineNext: number | null;
  /** ‖W − ½W⁽²⁾‖/‖W⁽²⁾‖: 0 if the new weight is half of the next block's (method.md section 4). */
  readonly distanceHalfNext: number | null;

  /**
   * Only with the group `null`: what the plan's matched mass and the cost have beyond the null (see `AgainstNull`). The cost is that of the exact
   * assignment, over 512 rows that of the plan.
   */
  readonly excessMass?: number | null;
  readonly excessCost?: number | null;
}

/** A number of an alignment, and the same number of its null. */
export interface AgainstNull {
  readonly real: number;
  /** Mean and standard deviation (of a sample) of the null's draws. */
  readonly mean: number;
  readonly deviation: number;
  readonly draws: readonly number[];
  /** What is there beyond the null: of a mass real − mean; of a cost 1 − real / mean. */
  readonly excess: number;
}

/** A transport problem beside its null, which has the same rows with their entries shuffled. `null`: the number does not exist. */
export interface NullNumbers {
  readonly rows: number;
  readonly columns: number;
  /** What mass is counted as matched: that of the best one-to-one match, or over 512 rows that of every row's best partner. */
  readonly matching: 'one-to-one' | 'by-row';
  /** Share of the plan's mass on that match; null without a plan. */
  readonly matchedMass: AgainstNull | null;
  /** Σ T·M at mass 1; null without a plan. */
  readonly transportCost: AgainstNull | null;
  /** Mean cost of the exact assignment; null over 512 rows, unless it is the plan. */
  readonly exactCost: AgainstNull | null;
}

/** Measures of one block of a model on the sample. `null`: the group was not requested. */
export interface BlockMeasure {
  /** Index in the measured model. */
  readonly layer: number;
  /** True for a new block or a copy of a base block. */
  readonly isNew: boolean;
  /** The base block that it is, copies or follows. */
  readonly base: number;
  /** Mean over tokens of ‖output − input‖/‖input‖ of the residual stream; 0 for an identity. */
  readonly residualChange: number | null;
  /** Mean over tokens of the cosine of input and output. */
  readonly residualCosine: number | null;
  /** Linear CKA of the block's output with the output of the block below (of the first: with the embedding). */
  readonly ckaToPrevious: number | null;
  /** Mean entropy of attention, in nats, over heads and all tokens except the first. */
  readonly attentionEntropy: number | null;
  /** Loss of the final norm and head applied to the block's output. */
  readonly logitLensLoss: number | null;
  /** Loss without this block, and with this block twice in a row. Compare with `Sample.loss`. */
  readonly lossSkipped: number | null;
  readonly lossDoubled: number | null;
}

export interface ModelMeasure {
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  /** Predicted tokens. */
  readonly tokens: number;
  /** Mean over predictions of KL(base ‖ model) of the next-token distributions, in nats. */
  readonly klFromBase: number;
  /** max |logit − base logit|. */
  readonly maxLogitDifference: number;
  readonly layers: number;
  readonly parameters: number;
  /** Bytes of all weights in the checkpoint's dtypes. */
  readonly bytes: number;
  /**
   * Cost of a training step per token, in forward passes of one block: L′ + (L′ − l_min) + K (method.md 7.5). Assumes the
   * training of the method's authors.
   */
  readonly trainStepCost: number;
  /** The same as a fraction of training all blocks of this model, 3·L′. */
  readonly trainStepShare: number;
}

/** The start of the text, used to measure blocks. */
export interface Sample {
  /** Predicted tokens. */
  readonly tokens: number;
  /** Loss of the whole model on the sample; null if neither `lens` nor `ablations` was requested. */
  readonly loss: number | null;
}

/** All results. Can be sent by `postMessage`. A group that was not requested is empty or null. */
export interface Measurement {
  readonly tensors: readonly TensorMeasure[];
  readonly blocks: readonly BlockMeasure[];
  /** Linear CKA between all pairs of block outputs, row-major `[layers, layers]`; empty without `blocks`. */
  readonly cka: Float32Array;
  readonly model: ModelMeasure | null;
  readonly sample: Sample | null;
}

/** What a map compares: all blocks, the heads of two blocks, or the neurons of two blocks or heads. */
export type MapLevel =
  | { readonly kind: 'blocks' }
  | { readonly kind: 'heads'; readonly previous: number; readonly next: number }
  | {
      readonly kind: 'neurons';
      readonly previous: number;
      readonly next: number;
      /** A head of each block; absent: the whole tensors. */
      readonly heads?: readonly [previous: number, next: number];
    };

/** Distances, row-major `[rows, columns]`. */
export interface DistanceMap {
  readonly kind: MapLevel['kind'];
  readonly rows: number;
  readonly columns: number;
  /**
   * Transport cost between the neurons of two blocks or heads, at mass 1. Between neurons the ground cost, or its mean over
   * the neurons of a pixel.
   */
  readonly distances: Float32Array;
  /**
   * `distances` divided by the mean ground cost of the pair, the expected cost of a random matching: 1 is chance level, 0
   * equal up to order. Between neurons, divided by the mean of the whole matrix.
   */
  readonly relative: Float32Array;
  /** Between blocks, if it was requested: the mean distance of the null's draws, in which the entries of every row are shuffled. */
  readonly nullDistances?: Float32Array;
  /** How the transport was solved: exactly, or entropically (ε = 0.05 · std(M)) for over 512 neurons. */
  readonly solver: 'exact' | 'entropic' | 'none';
  /** Between neurons: the partner of every row in the exact assignment, if it was computed. */
  readonly assignment?: Uint32Array;
}
