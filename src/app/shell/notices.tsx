import { Suspense, lazy } from 'react';
import { dismiss } from '../store/session/notices';
import { useApp, useAppState } from '../store/use-app';
import { DismissButton } from './dismiss-button';

// Loaded on demand, because it is seldom needed.
const UpdateNotice = lazy(async () => ({ default: (await import('./update-notice')).UpdateNotice }));

/** Error messages and notices, until they are dismissed. */
export function Notices() {
  const { store, model, restartEngine } = useApp();
  const notices = useAppState((state) => state.notices);
  const offers = {
    'try again': { label: 'Try again', take: model.tryAgain },
    'open again': { label: 'Open it again', take: model.reopen },
    'start again': { label: 'Start it again', take: restartEngine },
  };
  const hasUpdate = useAppState(({ update }) => update.phase !== 'none');
  return (
    <section className="notices" aria-label="Notices" aria-live="polite">
      {notices.map(({ id, tone, title, text, offer }) => (
        <div key={id} className="notice" data-tone={tone} role={tone === 'error' ? 'alert' : undefined}>
          <div>
            <strong>{title}</strong>
            {text !== undefined && <p>{text}</p>}
            {offer !== undefined && (
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  dismiss(store, id);
                  void offers[offer].take();
                }}
              >
                {offers[offer].label}
              </button>
            )}
          </div>
          <DismissButton onClick={() => dismiss(store, id)} />
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
