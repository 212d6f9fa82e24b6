import type { ComparisonId } from '../../../recipe/view';
import type { SavedResult } from './evaluations';

/**
 * How much of an arm is measured. Each depth includes those before it: the loss; then tensors and blocks; then the loss
 * with each single block removed and doubled.
 */
export const DEPTHS = ['loss', 'blocks', 'ablations'] as const;

export type Depth = (typeof DEPTHS)[number];

/** One result read from a file. */
interface ImportedResult {
  readonly file: string;
  readonly saved: SavedResult;
}

export interface CompareState {
  /** True while the arms of the table are evaluated. */
  readonly running: boolean;
  /** True while only the base and the current recipe are evaluated. */
  readonly evaluating: boolean;
  /** How much of every arm is measured. */
  readonly depth: Depth;
  /** Arms the user chose, by comparison. */
  readonly chosen: Partial<Readonly<Record<ComparisonId, readonly string[]>>>;
  /** Reference arm the user chose, by comparison. */
  readonly pinned: Partial<Readonly<Record<ComparisonId, string>>>;
  readonly imported: readonly ImportedResult[];
}

export interface WithCompare {
  readonly compare: CompareState;
}

export const INITIAL_COMPARE: CompareState = {
  running: false,
  evaluating: false,
  depth: 'loss',
  chosen: {},
  pinned: {},
  imported: [],
};
