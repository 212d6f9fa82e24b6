import type { WithAlign } from '../state/align';
import type { WithView } from '../state/view';

/** The last half-step computed so far. */
export function lastHalfStep({ align }: WithAlign): number {
  return align.result?.halfSteps ?? align.frame?.halfStep ?? 0;
}

/** The half-step to show: the chosen one, else the last. */
export function shownHalfStep({ align, view }: WithAlign & WithView): number {
  const latest = lastHalfStep({ align });
  return Math.min(view.halfStep ?? latest, latest);
}

/** The marginal error after the half-step on show; undefined if not received yet. */
export function errorAt(state: WithAlign & WithView): number | undefined {
  const { result, trace } = state.align;
  const at = shownHalfStep(state);
  return result ? result.errors[at] : trace.findLast((frame) => frame.halfStep <= at)?.marginalError;
}
