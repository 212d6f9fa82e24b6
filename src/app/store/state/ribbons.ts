import type { JobFailure, Jobs, Strongest } from '../../../engine/jobs';
import type { AlignSubject } from './align';

export type StrongestRequest = Jobs['strongest']['args'];

export interface ShownRibbons {
  readonly strongest: Strongest;
  readonly subject: AlignSubject;
  readonly request: StrongestRequest;
}

export interface RibbonsState {
  /** The latest pairs received. After a change they stay until the new alignment has pairs. */
  readonly shown?: ShownRibbons | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface WithRibbons {
  readonly ribbons: RibbonsState;
}

export const INITIAL_RIBBONS: RibbonsState = {};
