import { COMPARE_PRESETS } from './presets';

/** Short names of the tensors that have a plan, as the page and its links write them. */
export const TENSORS = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
export type TensorName = (typeof TENSORS)[number];

export const TABS = ['align', 'map', 'compare'] as const;
export const PICTURES = ['cost', 'plan', 'permutation'] as const;
export const ORDERS = ['index', 'matched'] as const;
export const SCALES = ['log', 'linear'] as const;
export const MAP_VALUES = ['distance', 'relative'] as const;
export const POOLINGS = ['max', 'mean'] as const;
/** Texts that are shipped beside the page; a file of one's own cannot travel in a link. */
export const TEXTS = ['fairy', 'observatory'] as const;
export const TOKEN_BUDGETS = [128, 256, 512, 1024, 2048] as const;

/** Which arms are compared: every method at the recipe’s gaps, or a preset of `presets.ts`. */
export const COMPARISONS = ['methods', ...COMPARE_PRESETS] as const;
export type ComparisonId = (typeof COMPARISONS)[number];

export interface CellAddress {
  readonly row: number;
  readonly column: number;
}

/** What the page shows of an experiment. It changes no number, only which of them are looked at. */
export interface View {
  readonly tab: (typeof TABS)[number];
  /** The gap between base blocks `gap` and `gap + 1`; null follows the recipe's top-most gap. */
  readonly gap: number | null;
  readonly tensor: TensorName;
  readonly picture: (typeof PICTURES)[number];
  readonly order: (typeof ORDERS)[number];
  readonly scale: (typeof SCALES)[number];
  /** Stretches the colours to the values in sight instead of the fixed range that makes pictures comparable. */
  readonly fit: boolean;
  readonly pooling: (typeof POOLINGS)[number];
  /** The half-step of the solve that is shown; null is the last. */
  readonly halfStep: number | null;
  /** The pinned cell. */
  readonly cell: CellAddress | null;
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
  part: null,
  mapPath: [],
  mapCell: null,
  mapValue: 'distance',
  text: 'fairy',
  tokens: 512,
  comparison: 'methods',
};
