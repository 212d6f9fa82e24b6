import type { ComparisonId } from '../../../recipe/view';
import type { SavedResult } from './evaluations';

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
  pinned: {},
  imported: [],
};
