import type { NullMeasure } from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

/** Alignments measured against their nulls, by the engine's key of the alignment. */
export type NullsState = OnDemand<NullMeasure>;

export interface WithNulls {
  readonly nulls: NullsState;
}

export const INITIAL_NULLS: NullsState = { entries: {} };
