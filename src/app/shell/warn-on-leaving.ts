import type { App } from '../store/app';
import { unkeptSteps, unkeptText } from '../store/derived/unkept-steps';
import { notify } from '../store/session/notices';

/**
 * Lets the browser ask before the page closes, while that would lose steps of a race. The browser's words cannot be chosen,
 * so a notice says what would be lost.
 */
export function warnOnLeaving({ store }: App, event: BeforeUnloadEvent): void {
  const unkept = unkeptSteps(store.getState().race);
  if (unkept === undefined) return;
  event.preventDefault();
  notify(
    store,
    'info',
    'The race is still running',
    `${unkeptText(unkept)} Pause it first: that stores them.`,
  );
}
