import { Suspense, lazy } from 'react';
import { CloseIcon } from '../controls/icons';
import { dismiss } from '../store/session/notices';
import { useApp, useAppState } from '../store/use-app';

// Loaded on demand, because it is seldom needed.
const UpdateNotice = lazy(async () => ({ default: (await import('./update-notice')).UpdateNotice }));

const OFFERS = {
  'try again': 'Try again',
  'open again': 'Open it again',
  'start again': 'Start it again',
} as const;

/** Error messages and notices, until they are dismissed. */
export function Notices() {
  const { store, model, restartEngine } = useApp();
  const notices = useAppState((state) => state.notices);
  const hasUpdate = useAppState(({ update }) => update.phase !== 'none');
  return (
    <section className="notices" aria-label="Notices" aria-live="polite">
      {notices.map((notice) => (
        <div
          key={notice.id}
          className="notice"
          data-tone={notice.tone}
          role={notice.tone === 'error' ? 'alert' : undefined}
        >
          <div>
            <strong>{notice.title}</strong>
            {notice.text !== undefined && <p>{notice.text}</p>}
            {notice.offer !== undefined && (
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  dismiss(store, notice.id);
                  const take = {
                    'try again': model.tryAgain,
                    'open again': model.reopen,
                    'start again': restartEngine,
                  };
                  void take[notice.offer ?? 'try again']();
                }}
              >
                {OFFERS[notice.offer]}
              </button>
            )}
          </div>
          <button
            type="button"
            className="icon-button"
            aria-label="Dismiss"
            onClick={() => dismiss(store, notice.id)}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      {hasUpdate && (
        <Suspense>
          <UpdateNotice />
        </Suspense>
      )}
    </section>
  );
}
