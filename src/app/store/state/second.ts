import type { AlignResult, JobFailure, Progress } from '../../../engine/jobs';
import type { AlignSubject } from './align';

/** The second alignment, shown beside the first. */
export interface SecondState {
  /** `waiting`: the first alignment is solved before this one. */
  readonly phase: 'off' | 'waiting' | 'forming' | 'ready' | 'stopped' | 'failed' | 'unpaired';
  readonly subject?: AlignSubject | undefined;
  readonly key?: string | undefined;
  readonly result?: AlignResult | undefined;
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface WithSecond {
  readonly second: SecondState;
}

export const INITIAL_SECOND: SecondState = { phase: 'off' };
