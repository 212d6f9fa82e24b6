import type { PlannedTensor } from '../upscale/block/planned';

/**
 * What can be measured. `attention` and `lens` cost little more than the forward pass that `blocks` needs; `ablations` cost
 * two forward passes per block; `tensors` solve every plan of the recipe again.
 */
export const MEASURE_GROUPS = ['model', 'tensors', 'blocks', 'attention', 'lens', 'ablations'] as const;
export type MeasureGroup = (typeof MEASURE_GROUPS)[number];

/**
 * What became of one tensor of one new block. `null` is a number that has no meaning here: there is no plan, the exact
 * optimum was too large a problem (over 512 rows), or a zeroed tensor has no direction.
 */
export interface TensorMeasure {
  /** Base block that the new block stands after. */
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /** Base blocks it was made from; no next one after the last block, where all that needs one is null. */
  readonly previous: number;
  readonly next: number | null;
  /** Neurons that were matched. */
  readonly rows: number;

  /** exp of the mean entropy of the plan's rows: 1 is a permutation, `rows` is uniform. */
  readonly planPerplexity: number | null;
  /** L1 error of the column marginal. */
  readonly marginalError: number | null;
  readonly converged: boolean | null;
  /** Σ T·M of the plan, at mass 1. */
  readonly transportCost: number | null;
  /** Σ T·M of the exact assignment, the least there is. */
  readonly exactCost: number | null;
  /** Mean of M_ii, the cost of leaving every neuron at its index, and of all M_ij, the cost of the uniform plan. */
  readonly identityCost: number | null;
  readonly meanCost: number | null;
  /** Permutation score 1 − cost / meanCost: 0 is as good as chance, 1 is a perfect match. By index, and by the plan. */
  readonly scoreBefore: number | null;
  readonly scoreAfter: number | null;
  /** trace(P)/n with P = n·T: 1 where every neuron stays at its index, 1/n where the plan is uniform. */
  readonly identityShare: number | null;
  /** Share of rows whose largest entry of the plan is their partner in the exact assignment. */
  readonly assignmentAgreement: number | null;
  /** ‖PᵀŴ‖/‖Ŵ‖ of the barycentric map: 1 for a permutation, towards 0 where rows are averaged away. */
  readonly normKept: number | null;

  /** ‖W‖/‖W⁽¹⁾‖ and ‖W‖/‖W⁽²⁾‖ of the new weight: 0 where it is zeroed. */
  readonly normToPrevious: number | null;
  readonly normToNext: number | null;
  readonly cosinePrevious: number | null;
  /** A cosine knows no scale: this is the cosine to half the next block, too. */
  readonly cosineNext: number | null;
  /** ‖W − ½W⁽²⁾‖/‖W⁽²⁾‖, which does know it: 0 where the new weight is the half-scaled next block (method.md section 4). */
  readonly distanceHalfNext: number | null;
}

/** One block of the deeper (or base) model, on the sample. `null` where its group was not asked for. */
export interface BlockMeasure {
  /** Index in the model that was measured. */
  readonly layer: number;
  /** Whether it was added: a new block, or a base block once more. */
  readonly isNew: boolean;
  /** The base block that it is, repeats or follows. */
  readonly base: number;
  /** Mean over tokens of ‖output − input‖/‖input‖ of the residual stream; 0 for an identity. */
  readonly residualChange: number | null;
  /** Mean over tokens of the cosine of input and output. */
  readonly residualCosine: number | null;
  /** Linear CKA of the block's output with the output of the block below (of the first: with the embedding). */
  readonly ckaToPrevious: number | null;
  /** Mean over heads and over tokens from the second on of the entropy of attention, in nats. */
  readonly attentionEntropy: number | null;
  /** Loss of the final norm and head applied to the block's output. */
  readonly logitLensLoss: number | null;
  /** Loss of the model without this block, and with this block twice in a row; to be compared with `Sample.loss`. */
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
  /** Of all weights, in the dtypes of the checkpoint. */
  readonly bytes: number;
  /**
   * Cost of a training step per token in forward passes of one block, L′ + (L′ − l_min) + K, where what the method's
   * authors train is trained (method.md 7.5).
   */
  readonly trainStepCost: number;
  /** The same as a share of training all blocks of the same model, 3·L′. */
  readonly trainStepShare: number;
}

/** The start of the text, on which blocks are measured. */
export interface Sample {
  /** Predicted tokens. */
  readonly tokens: number;
  /** Loss of the whole model on it; null where neither `lens` nor `ablations` needed it. */
  readonly loss: number | null;
}

/** Everything here survives `postMessage`. A group that was not asked for is empty or null. */
export interface Measurement {
  readonly tensors: readonly TensorMeasure[];
  readonly blocks: readonly BlockMeasure[];
  /** Linear CKA between all pairs of block outputs, row-major `[layers, layers]`; empty without `blocks`. */
  readonly cka: Float32Array;
  readonly model: ModelMeasure | null;
  readonly sample: Sample | null;
}

/** Which neurons are compared: blocks with blocks, the heads of two blocks, or the neurons of two blocks or two heads. */
export type MapLevel =
  | { readonly kind: 'blocks' }
  | { readonly kind: 'heads'; readonly previous: number; readonly next: number }
  | {
      readonly kind: 'neurons';
      readonly previous: number;
      readonly next: number;
      /** Heads of both blocks; the whole tensors without. */
      readonly heads?: readonly [previous: number, next: number];
    };

/** Distances, row-major `[rows, columns]`. */
export interface DistanceMap {
  readonly kind: MapLevel['kind'];
  readonly rows: number;
  readonly columns: number;
  /**
   * Transport cost between the neurons of two blocks or two heads, at mass 1; between two neurons (or, pooled, the mean
   * over those a pixel covers) the ground cost.
   */
  readonly distances: Float32Array;
  /**
   * The same divided by the mean ground cost of the pair, which is what a random matching costs: 1 is as far apart as
   * chance, 0 equal but for order. Of neurons, by the mean of the whole matrix.
   */
  readonly relative: Float32Array;
  /** How the transport was solved: exactly, or entropically (ε = 0.05 · std(M)) where there are over 512 neurons. */
  readonly solver: 'exact' | 'entropic' | 'none';
  /** Of neurons, where it was found: partner of every row in the exact assignment. */
  readonly assignment?: Uint32Array;
}
