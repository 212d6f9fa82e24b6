import type { OrderName } from '../recipe/view';
import type { Recipe } from '../recipe/schema';
import type { PlannedTensor } from '../upscale/block/planned';

export interface OrderRequest {
  readonly key: string;
  readonly order: OrderName;
}

/** Which neuron stands at each place. */
export interface NeuronOrder {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

export interface CurveRequest {
  readonly key: string;
  readonly halfSteps: readonly number[];
}

/** One entry per half-step asked for; NaN at a start that is so far off that its plan has no finite measures. */
export interface Curve {
  /** Σ T·M. */
  readonly transportCost: number[];
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, the number of columns uniform. */
  readonly planPerplexity: number[];
}

export interface StrongestRequest {
  readonly key: string;
  /** 1 … 4096; fewer come back where there are fewer pairs. */
  readonly count: number;
  /** The last when absent. */
  readonly halfStep?: number;
  /** Only pairs of this row, or of this column. */
  readonly row?: number;
  readonly column?: number;
}

/** Pairs by falling n·T, or without a plan by rising cost; the earlier row, then column, of equals first. */
export interface Strongest {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

export interface RelatedRequest {
  readonly key: string;
  readonly row: number;
  readonly column: number;
}

/** The same pair of neurons in another tensor of the gap. */
export interface Related {
  readonly tensor: PlannedTensor;
  /** Whether the neurons are this tensor's rows (outputs) or its columns (inputs). */
  readonly axis: 'rows' | 'columns';
  /**
   * Whether that tensor has been aligned with the same recipe: then all numbers are those of its own problem. Else the
   * blocks' own weights are compared, by the recipe's metric but not scaled.
   */
  readonly aligned: boolean;
  readonly cost: number;
  /** n·T, where a plan of that tensor is held. */
  readonly mass?: number;
  /** 1 where no other column is nearer to this row; and no other row to this column. */
  readonly rankOfColumn: number;
  readonly rankOfRow: number;
}

export interface NeuronRequest {
  readonly recipe: Recipe;
  readonly gap: number;
  /** MLP unit of the gap's previous block, and of its next. */
  readonly row: number;
  readonly column: number;
  /** As for `evaluate`: either a text or ids. */
  readonly text?: string;
  readonly ids?: readonly number[];
  /** Read at most this many tokens (default 512). */
  readonly maxTokens?: number;
  /** How many of the strongest positions (default 8, at most 64). */
  readonly top?: number;
}

/** What drives two MLP units of the base model: silu(gate)·up at every position of a text. */
export interface NeuronReport {
  readonly previous: NeuronDrivers;
  readonly next: NeuronDrivers;
  /** Pearson's, over positions; NaN when a unit does the same everywhere. */
  readonly correlation: number;
  readonly tokens: number;
}

export interface NeuronDrivers {
  readonly block: number;
  readonly unit: number;
  readonly mean: number;
  /** Standard deviation over the positions. */
  readonly deviation: number;
  /** The largest magnitudes first. */
  readonly top: readonly {
    readonly position: number;
    /** Text of the token the unit reads, and of those around it; of ids without a tokenizer their numbers. */
    readonly token: string;
    readonly before: string;
    readonly after: string;
    readonly value: number;
  }[];
}

export interface SaveRequest {
  readonly key: string;
  readonly what: 'cost' | 'plan' | 'potentials';
  /** The last when absent. Not for the cost. */
  readonly halfStep?: number;
}

/** A NumPy file, version 1.0, little-endian float32. A plan is T itself, of total mass 1; potentials are f, then g. */
export interface SavedArray {
  readonly blob: Blob;
  readonly name: string;
  /** `[n, m]`; of potentials `[2, n]`, or where n ≠ m `[n + m]`. */
  readonly shape: readonly number[];
}
