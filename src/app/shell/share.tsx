import { useEffect, useState } from 'react';
import { CheckIcon, LinkIcon } from '../controls/icons';
import { notify } from '../store/session/notices';
import { useApp } from '../store/use-app';
import { pageUrl } from './page-url';
import { ShareMenu } from './share-menu';

/** Button that copies a link to the current state. */
export function Share() {
  const app = useApp();
  const { store } = app;
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);

  async function share(): Promise<void> {
    const url = pageUrl(app);
    history.replaceState(history.state, '', url);
    try {
      await navigator.clipboard.writeText(url);
      setCopied(true);
    } catch {
      notify(
        store,
        'info',
        'The link is in the address bar',
        'This browser did not let the page copy it; copy it from there.',
      );
    }
    if (store.getState().recipe.current.model.kind === 'local')
      notify(
        store,
        'info',
        'The link carries no files',
        'It restores the recipe and the view; whoever opens it needs the same model folder.',
      );
  }

  return (
    <div className="row tight">
      <button type="button" className="button" data-control="share" onClick={() => void share()}>
        {copied ? <CheckIcon /> : <LinkIcon />}
        <span className="share-words" aria-live="polite">
          {copied ? 'Link copied' : 'Share'}
        </span>
      </button>
      <ShareMenu />
    </div>
  );
}
