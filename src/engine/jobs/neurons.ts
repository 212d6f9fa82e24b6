import type { OrderName } from '../../recipe/view';
import type { Recipe } from '../../recipe/schema';
import type { CostSettings } from '../../transport/cost-settings';
import type { PlannedTensor } from '../../upscale/block/planned';

/** Jobs on single neurons, their pairs and their order. */
export interface NeuronJobs {
  /** Reads one cell of an alignment and the two rows it compares. */
  cell: { args: CellRequest; result: Cell };
  /** Computes an order of rows and columns, as pictures use it. */
  order: { args: OrderRequest; result: NeuronOrder };
  /** Finds the pairs with the most mass. */
  strongest: { args: StrongestRequest; result: Strongest };
  /** Finds a pair of neurons in other tensors of the gap: gate, up and down's columns; k and v; rows of o and down. None
   * if the alignment is not with the next block itself. */
  related: { args: RelatedRequest; result: readonly Related[] };
  /** Finds the tokens that drive two MLP units, one of each block. */
  neuron: { args: NeuronRequest; result: NeuronReport };
}

/** A pair of neurons of the alignment `key`: row and column by index. `halfStep` defaults to the last. */
export interface CellRequest {
  readonly key: string;
  readonly row: number;
  readonly column: number;
  readonly halfStep?: number;
}

/** What an alignment knows of a pair of neurons. */
export interface Cell {
  readonly key: string;
  readonly row: number;
  readonly column: number;
  readonly halfStep: number;
  readonly cost: number;
  /** How the cost is computed from the two rows. */
  readonly ground: CostSettings;
  /** n·T_ij; for a permutation 1 or 0; undefined without a plan. */
  readonly mass?: number;
  readonly f?: number;
  readonly g?: number;
  readonly epsilon?: number;
  /**
   * The compared vectors: row i of block 1 after its input map and row j of block 2; or their activations on every token,
   * centred, with unit norm.
   */
  readonly rowWeights: Float32Array;
  readonly columnWeights: Float32Array;
  /** The five best columns for this row and rows for this column, by n·T, or without a plan by rising cost. */
  readonly bestColumns: readonly Partner[];
  readonly bestRows: readonly Partner[];
}

/** A partner of a neuron: its index, and the value (mass or cost) of the pair. */
export interface Partner {
  readonly index: number;
  readonly value: number;
}

/** Requests an order of the neurons of the alignment `key`. */
interface OrderRequest {
  readonly key: string;
  readonly order: OrderName;
}

/** The index of the neuron at each place. */
export interface NeuronOrder {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/** How many pairs of the alignment `key` to find, and of which row or column. */
export interface StrongestRequest {
  readonly key: string;
  /** 1 … 4096; fewer come back where there are fewer pairs. */
  readonly count: number;
  /** Default: the last. */
  readonly halfStep?: number;
  /** Only pairs of this row, or of this column. */
  readonly row?: number;
  readonly column?: number;
}

/** Pairs by falling n·T, or without a plan by rising cost; ties by row, then column. */
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
  /** Where the neurons are in this tensor: rows (outputs) or columns (inputs). */
  readonly axis: 'rows' | 'columns';
  /**
   * True if that tensor has been aligned with the same recipe; all numbers are then from its own problem. Otherwise the
   * blocks' raw weights are compared with the recipe's metric, unscaled.
   */
  readonly aligned: boolean;
  readonly cost: number;
  /** n·T, if a plan of that tensor is held. */
  readonly mass?: number;
  /** 1 if no other column is nearer to this row; `rankOfRow` likewise. */
  readonly rankOfColumn: number;
  readonly rankOfRow: number;
}

/** Two MLP units of a gap, and the text to read. */
export interface NeuronRequest {
  readonly recipe: Recipe;
  readonly gap: number;
  /** MLP unit of the previous block (`row`) and of the next (`column`). */
  readonly row: number;
  readonly column: number;
  /** As for `evaluate`: either a text or ids. */
  readonly text?: string;
  readonly ids?: readonly number[];
  /** Read at most this many tokens (default 512). */
  readonly maxTokens?: number;
  /** Number of strongest positions to return (default 8, at most 64). */
  readonly top?: number;
}

/** Activations of two MLP units of the base model, silu(gate)·up, on a text. */
export interface NeuronReport {
  readonly previous: NeuronDrivers;
  readonly next: NeuronDrivers;
  /** Pearson's correlation over positions; NaN if a unit is constant. */
  readonly correlation: number;
  readonly tokens: number;
}

/** Activation of one MLP unit on a text: mean, deviation, and the positions with the largest magnitudes. */
export interface NeuronDrivers {
  readonly block: number;
  readonly unit: number;
  readonly mean: number;
  /** Standard deviation over the positions. */
  readonly deviation: number;
  /** The largest magnitudes first. */
  readonly top: readonly {
    readonly position: number;
    /** Text of the token that the unit reads and of its neighbours; without a tokenizer their ids. */
    readonly token: string;
    readonly before: string;
    readonly after: string;
    readonly value: number;
  }[];
}
