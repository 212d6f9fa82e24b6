import type { MemoryUse } from '../backend/operations';
import type { DistanceMap, MapLevel, Measurement, MeasureGroup } from '../measures/measurement';
import type { MethodId, Recipe } from '../recipe/schema';
import type { OrderName } from '../recipe/view';
import type { CostSettings } from '../transport/cost-settings';
import type { RunEvaluation } from '../train/evaluation';
import type { PlannedTensor, PlanSummary } from '../upscale/block/planned';
import type {
  Curve,
  CurveRequest,
  NeuronOrder,
  NeuronReport,
  NeuronRequest,
  OrderRequest,
  Related,
  RelatedRequest,
  SavedArray,
  SaveRequest,
  Strongest,
  StrongestRequest,
} from './stage-jobs';
import type {
  KeptTraining,
  PlanRequest,
  SpeedRequest,
  TrainingPlan,
  TrainingSpeed,
  TrainingState,
  TrainRequest,
  TrainResult,
  TrainStep,
} from './training-jobs';
import type { ModelRequest, ProbeRequest, ProbeResult } from './try-jobs';

export {
  type BlockMeasure,
  MEASURE_GROUPS,
  type MeasureGroup,
  type Measurement,
  type TensorMeasure,
} from '../measures/measurement';
export { PLANNED_TENSORS, type PlannedTensor, type PlanSummary } from '../upscale/block/planned';
export type * from './training-jobs';
export type * from './try-jobs';
export type { NeuronDrivers, NeuronOrder, NeuronReport, Related, SavedArray, Strongest } from './stage-jobs';

/** A job's arguments and result, keyed by its name. Everything here survives `postMessage`. */
export interface Jobs {
  /** Chooses and starts the backend. First of all jobs. */
  start: { args: StartRequest; result: BackendSummary };
  /** Opens a model and makes it current. Replaces the one before. */
  open: { args: { source: OpenSource }; result: ModelInfo };
  /** Solves one tensor's transport problem in one gap. Events: `AlignFrame` after every few half-steps. */
  align: { args: AlignRequest; result: AlignResult };
  /** A pooled picture of a solved (or forming) alignment. */
  picture: { args: PictureRequest; result: Picture };
  /** One cell of an alignment, with the rows behind it. */
  cell: { args: CellRequest; result: Cell };
  /** An order of rows and columns, as pictures use it. */
  order: { args: OrderRequest; result: NeuronOrder };
  /** Transport cost and plan perplexity as they were at some half-steps. */
  curve: { args: CurveRequest; result: Curve };
  /** The pairs with the most mass. */
  strongest: { args: StrongestRequest; result: Strongest };
  /** Where a pair of neurons sits in the gap's other tensors: gate, up and down's columns; k and v; the rows of o and down. */
  related: { args: RelatedRequest; result: readonly Related[] };
  /** Which tokens drive an MLP unit of either block. */
  neuron: { args: NeuronRequest; result: NeuronReport };
  /** A cost, a plan or potentials as a NumPy file. */
  save: { args: SaveRequest; result: SavedArray };
  /** Loss of the base model (`recipe` null) or of the expanded one on a text. Events: `EvaluateEvent`. */
  evaluate: { args: EvaluateRequest; result: Evaluation };
  /** Measures the base model (`recipe` null) or the expanded one: its tensors, its blocks, the whole. */
  measure: { args: MeasureRequest; result: Measurement };
  /** Distances between the neurons of all pairs of blocks; of a pair of blocks, of their heads; of two heads, of their neurons. */
  map: { args: MapRequest; result: DistanceMap };
  /** What a training would hold and learn from, before anything is made for it. */
  planTraining: { args: PlanRequest; result: TrainingPlan };
  /** How long a step takes here, tried on a few of them. */
  trainingSpeed: { args: SpeedRequest; result: TrainingSpeed };
  /** Trains an arm, or goes on with it. Events: `step`, `evaluation` and `sample`. */
  train: { args: TrainRequest; result: TrainResult };
  /** An arm's state, exact, to be kept and given to `train` again. */
  trainingState: { args: { arm: string }; result: TrainingState };
  /** Has an arm on the device as it was kept, without a step more. @throws where nothing was kept. */
  bringTraining: { args: TrainRequest; result: { readonly step: number } };
  /** Keeps an arm's state, exact, for another visit: `train` with the same `keep` goes on from it. */
  keepTraining: { args: { arm: string; keep: string }; result: KeptTraining };
  /** Forgets an arm. With `keep` what was kept under that name, too. */
  dropTraining: { args: { arm: string; keep?: string }; result: null };
  /** Continues a prompt. Events: the text so far. */
  generate: { args: GenerateRequest; result: Generation };
  /** What a model makes of a text: loss per token, the next tokens at a position, and there the lens by block. */
  probe: { args: ProbeRequest; result: ProbeResult };
  /** Writes the expanded checkpoint. */
  export: { args: ExportRequest; result: ExportResult };
  /** What is held on the device right now. */
  memory: { args: Record<string, never>; result: MemoryUse };
  /** Forgets kept alignments and finished blocks; the model stays open. */
  clear: { args: Record<string, never>; result: null };
}
export type JobName = keyof Jobs;

interface StartRequest {
  readonly backend: 'auto' | 'webgpu' | 'cpu';
  /** Address of the folder of shipped texts, which recipes name; without it they are not at hand in a browser. */
  readonly corpus?: string;
}

export interface BackendSummary {
  readonly kind: 'webgpu' | 'cpu';
  readonly description: string;
  readonly software: boolean;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** Why the CPU is used although `auto` was asked for; one sentence for people. */
  readonly notice?: string;
}

export type OpenSource =
  | { readonly kind: 'url'; readonly url: string; readonly name?: string }
  | { readonly kind: 'files'; readonly files: readonly File[]; readonly name: string };

export interface ModelInfo {
  readonly name: string;
  readonly architecture: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly context: number;
  readonly tied: boolean;
  readonly parameters: number;
  /** Parameters of one block. */
  readonly blockParameters: number;
  /** dtype → number of tensors. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly hasTokenizer: boolean;
  /** Text of README.md beside the model, where there is one. */
  readonly card?: string;
}

export interface AlignRequest {
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  /**
   * Start from the last potentials of this alignment of as many rows and columns, which may still be forming. Where the
   * solver has no such start (ProgOT, an ε looked for by perplexity, exact), or that alignment is gone, the solve starts
   * as usual, and `continued` is absent.
   */
  readonly from?: { readonly key: string };
  /**
   * Where a method matches a tensor head by head (v of `opt-deus:structured`; q, k and v where other methods compare
   * activations): the head of the next block whose plan is solved, its rows numbered from 0. Absent: all rows, compared
   * without a plan.
   */
  readonly part?: number;
}

/** Where a solve stands after a half-step. Half-step 0 is the start, odd ones set g (columns), even ones f (rows). */
export interface AlignFrame {
  readonly key: string;
  readonly halfStep: number;
  readonly marginalError: number;
  readonly epsilon: number;
}

export interface AlignResult {
  /** Names this alignment in `picture` and `cell`. */
  readonly key: string;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly method: MethodId;
  /** `none` where the method has no plan (averages, copies): the cost and the exact permutation can still be looked at. */
  readonly plan: 'entropic' | 'permutation' | 'none';
  /** Rows (neurons of the previous block) and columns (of the next). */
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
  readonly halfSteps: number;
  readonly iterations: number;
  readonly converged: boolean;
  /**
   * L1 error of the column marginal at every half-step, from 0 on. A column half-step meets that marginal, so it repeats the
   * error it removed. NaN at a random start that is too far off; empty where nothing was iterated.
   */
  readonly errors: readonly number[];
  /** NaN, like the next two, for a method without a plan. */
  readonly marginalError: number;
  /** exp of the mean entropy of the plan's rows: 1 is a permutation, n is uniform. */
  readonly planPerplexity: number;
  /** Σ T·M at mass 1, and that of the exact assignment where it was computed (up to 512 rows, or the method's own). */
  readonly transportCost: number;
  readonly exactCost?: number;
  /** Best column of every row, by mass or without a plan by cost, and the exact assignment where it was computed. */
  readonly argmax: Uint32Array;
  readonly assignment?: Uint32Array;
  readonly milliseconds: number;
  readonly backend: 'webgpu' | 'cpu';
  /** The solve went on from the potentials asked for. */
  readonly continued?: true;
}

export interface PictureRequest {
  readonly key: string;
  readonly kind: 'cost' | 'plan' | 'permutation' | 'difference';
  /** Which half-step's potentials; the last when absent. Only for `plan` and `difference`. */
  readonly halfStep?: number;
  /** Which neuron stands at which place; default `index`. */
  readonly order?: OrderName;
  /** For `difference`, and only for it: the plan that is taken away, of as many rows and columns, in the order of `key`. */
  readonly minus?: { readonly key: string; readonly halfStep?: number };
  /** In places of the order; the whole matrix when absent. Single cells come exactly where it has at most `maxPixels` each way. */
  readonly window?: { rowStart: number; rowEnd: number; columnStart: number; columnEnd: number };
  /** At most this many pixels each way (≤ 1024). */
  readonly maxPixels: number;
}

/** A pooled rectangle. Plan values are n·T: 1 means "all of this neuron". */
export interface Picture {
  readonly key: string;
  readonly kind: PictureRequest['kind'];
  readonly halfStep: number;
  readonly width: number;
  readonly height: number;
  /** The largest value that a pixel covers; of a difference the value of the largest magnitude, with its sign. */
  readonly max: Float32Array;
  readonly mean: Float32Array;
  /** Smallest and largest value of `max`. */
  readonly low: number;
  readonly high: number;
  /**
   * The largest value (of a difference, magnitude) in the whole rows that a row of pixels covers, the columns out of sight
   * included. For a scale of each row's own.
   */
  readonly rowHigh?: Float32Array;
  /**
   * n·Σ_j T_ij per row and n·Σ_i T_ij per column of the whole matrix, by place of the order; 1 where the marginal is met.
   * Only for `plan`.
   */
  readonly rowMass?: Float32Array;
  readonly columnMass?: Float32Array;
}

export interface CellRequest {
  readonly key: string;
  readonly row: number;
  readonly column: number;
  readonly halfStep?: number;
}

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
export interface Partner {
  readonly index: number;
  readonly value: number;
}

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

interface MapRequest {
  readonly tensor: PlannedTensor;
  readonly level: MapLevel;
  /** The ground cost between two neurons, in the recipe's words. Default: Euclidean distances of raw rows. */
  readonly cost?: Recipe['cost'];
  /** For neurons: at most this many pixels each way (default 512, at most 1024); larger matrices are pooled. */
  readonly maxPixels?: number;
}

interface GenerateRequest extends ModelRequest {
  readonly prompt?: string;
  readonly ids?: readonly number[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}
export interface Generation {
  readonly ids: readonly number[];
  readonly text: string;
}

export interface ExportRequest {
  readonly recipe: Recipe;
  /** Write what was trained under this name instead; `recipe` is then not read. */
  readonly arm?: string;
  /** A picked directory (gets a new folder of this name), a zip to be downloaded, or in Node the path of a new folder. */
  readonly destination:
    | { kind: 'directory'; handle: FileSystemDirectoryHandle }
    | { kind: 'zip' }
    | { kind: 'folder'; path: string };
  readonly name: string;
}
export interface ExportResult {
  readonly layers: number;
  /** Indices of the new blocks in the deeper model. */
  readonly newLayers: readonly number[];
  readonly parameters: number;
  readonly bytes: number;
  readonly files: readonly string[];
  /** For `zip`: what to download. */
  readonly blob?: Blob;
}

/** How far a job is. `fraction` is 0…1, or absent where it is not known. */
export interface Progress {
  readonly label: string;
  readonly fraction?: number;
}

/** What a running job may send before its result. */
export type JobEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'frame'; readonly frame: AlignFrame }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'step'; readonly arm: string; readonly step: TrainStep }
  | { readonly type: 'evaluation'; readonly arm: string; readonly evaluation: RunEvaluation }
  | { readonly type: 'sample'; readonly arm: string; readonly step: number; readonly text: string };

/** An error as it crosses to the page: what was expected, what came and one next step are in the message. */
export interface JobFailure {
  readonly name: string;
  readonly message: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: JobEvent) => void;
}

/** The engine as its users see it: in this thread (`Engine`), or behind a worker (`EngineClient`). */
export interface EngineApi {
  /** Runs a job. @throws JobError (named as the original error), or AbortError when cancelled. */
  run<N extends JobName>(name: N, args: Jobs[N]['args'], options?: RunOptions): Promise<Jobs[N]['result']>;
}
