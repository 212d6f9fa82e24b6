import { useEffect, useRef, useState } from 'react';
import type { KeptSummary } from '../../engine/jobs';
import { HUB_ENDPOINT } from '../../recipe/hub';
import { Dialog } from '../controls/dialog';
import { useApp, useAppState } from '../store/use-app';
import { useHub } from '../store/use-hub';
import { bytes } from '../words/numbers';
import '../styles/hub.css';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** The kept models, with buttons to open and to free each. */
function KeptList({ kept, free }: { readonly kept: KeptSummary; readonly free: (id: string) => void }) {
  const { store, model: models } = useApp();
  return (
    <ul className="hub-kept" aria-label="Kept models">
      {kept.models.map(({ id, repo, revision, sha, file, bytes: size, used, endpoint }) => (
        <li key={id}>
          <div>
            <span className="hub-name">
              {repo}@{revision}
            </span>
            <small>
              {bytes(size)} · commit {sha.slice(0, 8)}
              {used !== undefined && ` · used ${day.format(used)}`}
              {endpoint !== HUB_ENDPOINT && ` · ${endpoint}`}
            </small>
          </div>
          <div className="row">
            <button
              type="button"
              className="button"
              aria-label={`Open ${repo}`}
              onClick={() => {
                store.setState({ dialog: null });
                void models.openHub({
                  repo,
                  revision,
                  ...(file === undefined ? {} : { file }),
                  ...(endpoint === HUB_ENDPOINT ? {} : { endpoint }),
                });
              }}
            >
              Open
            </button>
            <button type="button" className="button" aria-label={`Free ${repo}`} onClick={() => free(id)}>
              Free
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Dialog that lists what is kept of models from a Hub, and frees it. */
export function KeptDialog() {
  const { store } = useApp();
  const hub = useHub();
  const { kept, keptFailure } = useAppState((state) => state.hub);
  const [sure, setSure] = useState(false);
  const done = useRef<HTMLButtonElement>(null);

  useEffect(() => void hub.list(), [hub]);

  function free(id: string | null): void {
    // What was pressed goes away with the model.
    done.current?.focus();
    void hub.free(id);
  }

  return (
    <Dialog title="Kept downloads" wide onClose={() => store.setState({ dialog: null })}>
      <div className="hub" aria-busy={kept === undefined && keptFailure === undefined}>
        {keptFailure && (
          <p className="problem-box" role="alert">
            {keptFailure.message}
          </p>
        )}
        {kept && (
          <>
            <p className="hint" role="status">
              {kept.models.length === 0
                ? 'Nothing is kept. What is read of a model from the Hub stays here, so that it opens sooner the next time.'
                : `${bytes(kept.bytes)} in this browser.`}
              {kept.free !== undefined && ` ${bytes(kept.free)} more may be kept.`}
            </p>
            {kept.models.length > 0 && <KeptList kept={kept} free={free} />}
          </>
        )}
        <div className="row end">
          {kept && kept.models.length > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => {
                if (sure) free(null);
                setSure(!sure);
              }}
            >
              {sure ? `Free ${bytes(kept.bytes)}?` : 'Free all'}
            </button>
          )}
          <button
            ref={done}
            type="button"
            className="button primary"
            onClick={() => store.setState({ dialog: null })}
          >
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
