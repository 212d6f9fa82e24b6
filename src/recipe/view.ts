import { type Against, NEXT } from './against';
import type { ControlName } from './controls';
import { COMPARE_PRESETS } from './presets';
import { RACE_PRESETS } from './race';
import type { MethodId } from './schema';

/** Short names of tensors, as used on the page and in links. */
export const TENSORS = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
export type TensorName = (typeof TENSORS)[number];

export const TABS = ['align', 'map', 'compare', 'train', 'try'] as const;
export const PICTURES = ['cost', 'plan', 'permutation'] as const;
/**
 * Orders of neurons: as stored; matched pairs on the diagonal, strongest first; similar neurons next to each other; by falling
 * norm of their weights.
 */
export const ORDERS = ['index', 'matched', 'cluster', 'norm'] as const;
export type OrderName = (typeof ORDERS)[number];
/** `row` is linear from 0 to the largest value of the row. */
export const SCALES = ['log', 'linear', 'row'] as const;
export const MAP_VALUES = ['distance', 'relative', 'null'] as const;
/** Range of the colours of a map: without outlying values, of all values, or by rank. */
export const MAP_COLOURS = ['robust', 'all', 'ranks'] as const;
export const POOLINGS = ['max', 'mean'] as const;
/** Numbers of pairs drawn as ribbons. */
export const PAIR_COUNTS = [8, 16, 32, 64, 128, 256] as const;
/** Playback speeds of a solve. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
/** Shipped texts. A user's file cannot be in a link. */
export const TEXTS = ['fairy', 'observatory'] as const;
export const TOKEN_BUDGETS = [128, 256, 512, 1024, 2048] as const;

/** Arms to compare: every method at the recipe’s gaps, or a preset of `presets.ts`. */
export const COMPARISONS = ['methods', ...COMPARE_PRESETS] as const;
export type ComparisonId = (typeof COMPARISONS)[number];

/**
 * How much of an arm Compare measures. Each depth includes those before it: the loss; then tensors and blocks; then the loss with
 * each single block removed and doubled.
 */
export const DEPTHS = ['loss', 'blocks', 'ablations', 'null'] as const;
export type Depth = (typeof DEPTHS)[number];

/** Arms to train: a preset of `race.ts`, or the user's own. */
export const RACES = [...RACE_PRESETS, 'own'] as const;
export type RaceId = (typeof RACES)[number];
/** What is equal for all arms of a race. */
export const BUDGETS = ['tokens', 'compute'] as const;
type Budget = (typeof BUDGETS)[number];

/** Least and largest values of sampling settings. `topP` must be above its least value. */
export const SAMPLING_RANGES = {
  temperature: [0, 10],
  topP: [0, 1],
  maxTokens: [1, 1024],
  trySeed: [0, 999_999_999],
} as const;

/** Measures that the tower can draw beside its blocks. */
export const TOWER_MEASURES = [
  'sharpness',
  'excessMass',
  'excessCost',
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

/** Kernels whose source can be shown beside the picture; `picture` is the pooling kernel. */
export const KERNELS = ['none', 'cost', 'sinkhorn', 'picture'] as const;
export type KernelView = (typeof KERNELS)[number];

export interface CellAddress {
  readonly row: number;
  readonly column: number;
}

/** The visible part of a matrix. Rows and columns are counted in the chosen order and may be fractions. */
export interface MatrixWindow {
  /** First visible row and column. */
  readonly row: number;
  readonly column: number;
  /** Number of visible rows; the number of columns is in proportion. */
  readonly rows: number;
}

/** `off`: one picture. Else there are two, and the page shows both, one of them, or the first plan minus the second. */
export const PANES = ['off', 'both', 'a', 'b', 'difference'] as const;
export type Panes = (typeof PANES)[number];

/** Settings of the second picture; null: as in the first. */
export interface SecondPicture {
  readonly method: MethodId | null;
  readonly epsilon: number | null;
  readonly gap: number | null;
  readonly tensor: TensorName | null;
  readonly against: Against | null;
}

/** What the page shows. A view changes no result. */
export interface View {
  readonly tab: (typeof TABS)[number];
  /** The gap between base blocks `gap` and `gap + 1`; null: the recipe's topmost gap. */
  readonly gap: number | null;
  readonly tensor: TensorName;
  readonly picture: (typeof PICTURES)[number];
  readonly order: OrderName;
  readonly scale: (typeof SCALES)[number];
  /** True: colours span the matrix’s own values. False: a fixed range, so that pictures are comparable. */
  readonly fit: boolean;
  readonly pooling: (typeof POOLINGS)[number];
  /** The half-step on show; null: the last. */
  readonly halfStep: number | null;
  /** The pinned cell. */
  readonly cell: CellAddress | null;
  /** null: the whole matrix. */
  readonly window: MatrixWindow | null;
  /** What the previous block is aligned with. */
  readonly against: Against;
  readonly panes: Panes;
  readonly second: SecondPicture;
  /** True: draws the strongest pairs as ribbons between two columns of neurons instead of the picture. */
  readonly ribbons: boolean;
  readonly pairs: (typeof PAIR_COUNTS)[number];
  readonly speed: (typeof SPEEDS)[number];
  /** The head on show, if the method has one plan per head; null: all rows, without a plan. */
  readonly part: number | null;
  /** The opened pairs of the map: a pair of blocks (row: the previous one), then a pair of heads. */
  readonly mapPath: readonly CellAddress[];
  /** The chosen pair on the map. */
  readonly mapCell: CellAddress | null;
  readonly mapValue: (typeof MAP_VALUES)[number];
  readonly mapColours: (typeof MAP_COLOURS)[number];
  readonly text: (typeof TEXTS)[number];
  readonly tokens: (typeof TOKEN_BUDGETS)[number];
  readonly comparison: ComparisonId;
  /** Ids of the arms to evaluate; null: those that the comparison proposes. */
  readonly chosen: readonly string[] | null;
  readonly depth: Depth;
  readonly race: RaceId;
  /** Ids of arms left out of the race. */
  readonly without: readonly string[];
  /** Number of trainings per arm, each on other batches. */
  readonly seeds: number;
  /** True: a race reads only the first page of every text. */
  readonly firstPage: boolean;
  readonly budget: Budget;
  /** Time limit of a race on this device, which decides its steps; null: the recipe decides them. */
  readonly minutes: number | null;
  /** How often every arm of a race is measured, start and end included; null: as often as a third of the time allows. */
  readonly measurements: number | null;
  /** The text to continue, and sampling: temperature 0 is greedy, `topP` is the kept mass, `maxTokens` the most new tokens. */
  readonly prompt: string;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly trySeed: number;
  readonly measure: TowerMeasure;
  readonly kernel: KernelView;
  /** True: shows the texts that drive the pinned pair of MLP units. */
  readonly neuron: boolean;
  /** True: shows a description of the picture in words. */
  readonly describe: boolean;
  /** The lesson that runs: the id of a built-in one, the address of a file, or `file`; null: none. */
  readonly lesson: string | null;
  /** Number of its step, from 1. */
  readonly step: number;
  /** Controls that are not shown, so that a link can be an exercise. */
  readonly hide: readonly ControlName[];
  /** True: larger type and fewer controls, for a projector. */
  readonly presenter: boolean;
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
  against: NEXT,
  panes: 'off',
  second: { method: null, epsilon: null, gap: null, tensor: null, against: null },
  ribbons: false,
  pairs: 64,
  speed: 1,
  part: null,
  mapPath: [],
  mapCell: null,
  mapValue: 'distance',
  mapColours: 'robust',
  text: 'fairy',
  tokens: 512,
  comparison: 'methods',
  chosen: null,
  depth: 'loss',
  race: 'paper',
  without: [],
  seeds: 1,
  firstPage: false,
  budget: 'tokens',
  minutes: 5,
  measurements: null,
  prompt: 'Once upon a time',
  temperature: 0.8,
  topP: 0.95,
  maxTokens: 60,
  trySeed: 0,
  measure: 'sharpness',
  kernel: 'none',
  neuron: false,
  describe: false,
  lesson: null,
  step: 1,
  hide: [],
  presenter: false,
};
