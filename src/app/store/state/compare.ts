import type { ComparisonId } from '../../../recipe/view';
import type { SavedResult } from './evaluations';

/**
 * How much of an arm is measured, each with what comes before it: its loss; its tensors and blocks; the loss without every
 * single block and with it twice.
 */
export const DEPTHS = ['loss', 'blocks', 'ablations'] as const;

export type Depth = (typeof DEPTHS)[number];

/** Results from a file. */
interface Imported {
  readonly file: string;
  readonly saved: SavedResult;
}

export interface CompareState {
  /** Whether the table is being filled. */
  readonly running: boolean;
  /** Whether only the recipe on show and the base are being evaluated. */
  readonly evaluating: boolean;
  /** How much of every arm is measured. */
  readonly depth: Depth;
  /** The arms chosen by hand, by comparison. */
  readonly chosen: Partial<Readonly<Record<ComparisonId, readonly string[]>>>;
  /** The reference chosen by hand, by comparison. */
  readonly pinned: Partial<Readonly<Record<ComparisonId, string>>>;
  readonly imported: readonly Imported[];
}

/** A state that has this part. */
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
