import { patch } from '../store/core/store';
import { takeUpdate } from '../store/session/update';
import { useApp, useAppState } from '../store/use-app';
import { DismissButton } from './dismiss-button';

/** Says that a newer version of the page is there, and shows it when asked to. */
export function UpdateNotice() {
  const { store } = useApp();
  const elsewhere = useAppState(({ update }) => update.phase === 'elsewhere');
  const busy = useAppState(({ race, exporting }) =>
    race.status === 'running' || race.status === 'pausing'
      ? 'It can wait until the race has ended.'
      : exporting.status === 'running'
        ? 'It can wait until the export is written.'
        : undefined,
  );
  return (
    <div className="notice">
      <div>
        <strong>A new version is ready</strong>
        <p>
          {busy ??
            (elsewhere
              ? 'Another tab shows this page, and would be disturbed. Close it first.'
              : 'The address keeps recipe and view; results that were not saved are computed again.')}
        </p>
        {busy === undefined && (
          <button type="button" className="button" onClick={() => void takeUpdate(store)}>
            Reload
          </button>
        )}
      </div>
      <DismissButton onClick={() => patch(store, 'update', { phase: 'none' })} />
    </div>
  );
}
