import type { App } from '../store/app';
import { unkeptSteps, unkeptText } from '../store/derived/unkept-steps';
import { notify } from '../store/session/notices';

/**
 * Lets the browser ask before the page closes, while that would lose steps of a race or an export. The browser's words cannot be
 * chosen, so a notice says what would be lost.
 */
export function warnOnLeaving({ store }: App, event: BeforeUnloadEvent): void {
  const { race, exporting } = store.getState();
  const unkept = unkeptSteps(race);
  const isWriting = exporting.status === 'running';
  if (unkept === undefined && !isWriting) return;
  event.preventDefault();
  if (unkept !== undefined)
    notify(
      store,
      'info',
      'The race is still running',
      `${unkeptText(unkept)} Pause it first: that stores them.`,
    );
  if (isWriting)
    notify(
      store,
      'info',
      'The export is still being written',
      'Leaving the page now leaves no model behind.',
    );
}
