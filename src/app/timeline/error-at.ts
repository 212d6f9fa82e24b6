import { shownHalfStep } from '../store/derived/half-step';
import type { AppState } from '../store/app';

/** The marginal error after the half-step on show; undefined before the solve has sent one. */
export function errorAt(state: Pick<AppState, 'align' | 'view'>): number | undefined {
  const { result, trace } = state.align;
  const at = shownHalfStep(state);
  return result ? result.errors[at] : trace.findLast((frame) => frame.halfStep <= at)?.marginalError;
}
