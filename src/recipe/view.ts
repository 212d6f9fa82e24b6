import { COMPARE_PRESETS } from './presets';
import { RACE_PRESETS } from './race';
import type { MethodId } from './schema';

/** Short names of the tensors that have a plan, as the page and its links write them. */
export const TENSORS = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
export type TensorName = (typeof TENSORS)[number];

export const TABS = ['align', 'map', 'compare', 'train', 'try'] as const;
export const PICTURES = ['cost', 'plan', 'permutation'] as const;
/**
 * In what order neurons are drawn: as stored; matched pairs on the diagonal, the surest first; similar ones side by side;
 * by falling length of their weights.
 */
export const ORDERS = ['index', 'matched', 'cluster', 'norm'] as const;
export type OrderName = (typeof ORDERS)[number];
/** `row` is linear, with every row's own largest value at the top. */
export const SCALES = ['log', 'linear', 'row'] as const;
export const MAP_VALUES = ['distance', 'relative'] as const;
export const POOLINGS = ['max', 'mean'] as const;
/** How many pairs the ribbons show. */
export const PAIR_COUNTS = [8, 16, 32, 64, 128, 256] as const;
/** How fast the film of a solve plays, against its own pace. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
/** Texts that are shipped beside the page; a file of one's own cannot travel in a link. */
export const TEXTS = ['fairy', 'observatory'] as const;
export const TOKEN_BUDGETS = [128, 256, 512, 1024, 2048] as const;

/** Which arms are compared: every method at the recipe’s gaps, or a preset of `presets.ts`. */
export const COMPARISONS = ['methods', ...COMPARE_PRESETS] as const;
export type ComparisonId = (typeof COMPARISONS)[number];

/** Which arms are trained: a preset of `race.ts`, or those put together by hand. */
export const RACES = [...RACE_PRESETS, 'own'] as const;
export type RaceId = (typeof RACES)[number];
/** What all arms of a race get as much of. */
export const BUDGETS = ['tokens', 'compute'] as const;
type Budget = (typeof BUDGETS)[number];

/** What `temperature`, `topP`, `maxTokens` and `trySeed` may be; top-p is above its least. */
export const SAMPLING_RANGES = {
  temperature: [0, 10],
  topP: [0, 1],
  maxTokens: [1, 1024],
  trySeed: [0, 999_999_999],
} as const;

/** What the tower draws beside its blocks. */
export const TOWER_MEASURES = [
  'sharpness',
  'residualChange',
  'residualCosine',
  'ckaToPrevious',
  'attentionEntropy',
  'logitLensLoss',
  'lossSkipped',
  'lossDoubled',
  'normKept',
  'normToPrevious',
  'normToNext',
] as const;
export type TowerMeasure = (typeof TOWER_MEASURES)[number];

/** Kernels that can be read beside the picture; `picture` is what pools it. */
export const KERNELS = ['none', 'cost', 'sinkhorn', 'picture'] as const;
export type KernelView = (typeof KERNELS)[number];

export interface CellAddress {
  readonly row: number;
  readonly column: number;
}

/** The part of the matrix in sight, in places of the order; a place can be in sight in part. */
export interface PlaceWindow {
  /** The first row and column in sight. */
  readonly row: number;
  readonly column: number;
  /** How many rows are in sight; columns are in proportion. */
  readonly rows: number;
}

/** Whether there is a second picture, and what is on show: both, either, or the first plan minus the second. */
export const PANES = ['off', 'both', 'a', 'b', 'difference'] as const;
export type Panes = (typeof PANES)[number];

/** What the second picture differs in from the first; null is as in the first. */
export interface SecondPicture {
  readonly method: MethodId | null;
  readonly epsilon: number | null;
  readonly gap: number | null;
  readonly tensor: TensorName | null;
}

/** What the page shows of an experiment. It changes no number, only which of them are looked at. */
export interface View {
  readonly tab: (typeof TABS)[number];
  /** The gap between base blocks `gap` and `gap + 1`; null follows the recipe's top-most gap. */
  readonly gap: number | null;
  readonly tensor: TensorName;
  readonly picture: (typeof PICTURES)[number];
  readonly order: OrderName;
  readonly scale: (typeof SCALES)[number];
  /** Stretches the colours to the matrix’s own values instead of the fixed range that makes pictures comparable. */
  readonly fit: boolean;
  readonly pooling: (typeof POOLINGS)[number];
  /** The half-step of the solve that is shown; null is the last. */
  readonly halfStep: number | null;
  /** The pinned cell. */
  readonly cell: CellAddress | null;
  /** What is zoomed into; null is the whole matrix. */
  readonly window: PlaceWindow | null;
  readonly panes: Panes;
  readonly second: SecondPicture;
  /** The strongest pairs as ribbons between two columns of neurons, in place of the picture. */
  readonly ribbons: boolean;
  readonly pairs: (typeof PAIR_COUNTS)[number];
  readonly speed: (typeof SPEEDS)[number];
  /** The head whose plan is shown of a tensor that a method matches head by head; null is all of its rows, without a plan. */
  readonly part: number | null;
  /** What the map was opened into: a pair of blocks (row: the previous one), then a pair of their heads. */
  readonly mapPath: readonly CellAddress[];
  /** The pair that is chosen on the map. */
  readonly mapCell: CellAddress | null;
  readonly mapValue: (typeof MAP_VALUES)[number];
  readonly text: (typeof TEXTS)[number];
  readonly tokens: (typeof TOKEN_BUDGETS)[number];
  readonly comparison: ComparisonId;
  readonly race: RaceId;
  /** Ids of arms of the race that do not take part. */
  readonly without: readonly string[];
  /** How often every arm is trained, each time on other batches. */
  readonly seeds: number;
  readonly budget: Budget;
  /** How long a race may take on this device, which decides its steps; null leaves them to the recipe. */
  readonly minutes: number | null;
  /** What models are to continue, and how: 0 is greedy, `topP` is the mass kept, at most `maxTokens` are added. */
  readonly prompt: string;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly trySeed: number;
  readonly measure: TowerMeasure;
  readonly kernel: KernelView;
  /** Whether the texts that drive the pinned pair of MLP units are on show. */
  readonly neuron: boolean;
  /** Whether the picture in words stands below it. */
  readonly describe: boolean;
}

export const DEFAULT_VIEW: View = {
  tab: 'align',
  gap: null,
  tensor: 'q',
  picture: 'plan',
  order: 'matched',
  scale: 'log',
  fit: false,
  pooling: 'max',
  halfStep: null,
  cell: null,
  window: null,
  panes: 'off',
  second: { method: null, epsilon: null, gap: null, tensor: null },
  ribbons: false,
  pairs: 64,
  speed: 1,
  part: null,
  mapPath: [],
  mapCell: null,
  mapValue: 'distance',
  text: 'fairy',
  tokens: 512,
  comparison: 'methods',
  race: 'paper',
  without: [],
  seeds: 1,
  budget: 'tokens',
  minutes: 5,
  prompt: 'Once upon a time',
  temperature: 0.8,
  topP: 0.95,
  maxTokens: 60,
  trySeed: 0,
  measure: 'sharpness',
  kernel: 'none',
  neuron: false,
  describe: false,
};
