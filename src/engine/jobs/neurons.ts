import type { OrderName } from '../../recipe/view';
import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';
import type { PlannedTensor } from '../../upscale/block/planned';

/** Single neurons, their pairs and their order. */
export interface NeuronJobs {
  /** One cell of an alignment, with the rows behind it. */
  cell: { args: CellRequest; result: Cell };
  /** An order of rows and columns, as pictures use it. */
  order: { args: OrderRequest; result: NeuronOrder };
  /** The pairs with the most mass. */
  strongest: { args: StrongestRequest; result: Strongest };
  /** Where a pair of neurons sits in the gap's other tensors: gate, up and down's columns; k and v; the rows of o and down. */
  related: { args: RelatedRequest; result: readonly Related[] };
  /** Which tokens drive an MLP unit of either block. */
  neuron: { args: NeuronRequest; result: NeuronReport };
}

/** A pair of neurons of the alignment `key`: row and column by index; `halfStep` is the last when absent. */
export interface CellRequest {
  readonly key: string;
  readonly row: number;
  readonly column: number;
  readonly halfStep?: number;
}

/** A pair of neurons, and all that an alignment knows of it. */
export interface Cell {
  readonly key: string;
  readonly row: number;
  readonly column: number;
  readonly halfStep: number;
  readonly cost: number;
  /** How the cost is made of the two rows. */
  readonly ground: CostSettings;
  /** n·T_ij; for a permutation 1 or 0; undefined where there is no plan. */
  readonly mass?: number;
  readonly f?: number;
  readonly g?: number;
  readonly epsilon?: number;
  /**
   * What is compared: row i of block 1 (its weights after their input map), row j of block 2; or their activations on every
   * token, centred, at unit length.
   */
  readonly rowWeights: Float32Array;
  readonly columnWeights: Float32Array;
  /** Five best columns for this row, five best rows for this column, by n·T, or by cost (least first) without a plan. */
  readonly bestColumns: readonly Partner[];
  readonly bestRows: readonly Partner[];
}

/** A neuron by its index, and how strongly another one is matched with it. */
export interface Partner {
  readonly index: number;
  readonly value: number;
}

/** An order of the neurons of the alignment `key`. */
interface OrderRequest {
  readonly key: string;
  readonly order: OrderName;
}

/** Which neuron stands at each place. */
export interface NeuronOrder {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/** How many pairs of the alignment `key`. */
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

/** A pair of neurons of the alignment `key`, by index. */
interface RelatedRequest {
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

/** Two MLP units of a gap, and the text that is read for them. */
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

/** One MLP unit: what it answers to a text on the whole, and where it answers most. */
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
