import type { Strongest } from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

/** The strongest pairs of a picture, for its description in words. */
export type SummaryState = OnDemand<Strongest>;

export interface WithSummary {
  readonly summary: SummaryState;
}

export const INITIAL_SUMMARY: SummaryState = { entries: {} };
