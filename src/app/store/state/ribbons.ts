import type { JobFailure, Jobs, Strongest } from '../../../engine/jobs';
import type { AlignmentSubject } from './align';

export type StrongestRequest = Jobs['strongest']['args'];

export interface ShownRibbons {
  readonly strongest: Strongest;
  readonly subject: AlignmentSubject;
  readonly asked: StrongestRequest;
}

export interface RibbonsState {
  /** The last pairs that arrived, of the alignment on show or, until that has some, of the one before. */
  readonly shown?: ShownRibbons | undefined;
  readonly failure?: JobFailure | undefined;
}

/** A state that has this part. */
export interface WithRibbons {
  readonly ribbons: RibbonsState;
}

export const INITIAL_RIBBONS: RibbonsState = {};
