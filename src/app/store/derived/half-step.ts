import type { WithAlign } from '../state/align';
import type { WithView } from '../state/view';

/** The latest half-step there is. */
export function lastHalfStep({ align }: WithAlign): number {
  return align.result?.halfSteps ?? align.frame?.halfStep ?? 0;
}

/** The half-step that should be on show: the scrubbed one, else the latest there is. */
export function shownHalfStep({ align, view }: WithAlign & WithView): number {
  const latest = lastHalfStep({ align });
  return Math.min(view.halfStep ?? latest, latest);
}

/** The marginal error after the half-step on show; undefined before the solve has sent one. */
export function errorAt(state: WithAlign & WithView): number | undefined {
  const { result, trace } = state.align;
  const at = shownHalfStep(state);
  return result ? result.errors[at] : trace.findLast((frame) => frame.halfStep <= at)?.marginalError;
}
