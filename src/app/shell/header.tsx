import type { RefObject } from 'react';
import { Suspense, useEffect, useRef } from 'react';
import { deferred } from '../controls/deferred';
import { ActionButton } from '../controls/action-button';
import { Busy, useDelayedBusy } from '../controls/busy';
import { CloseIcon, KeyboardIcon } from '../controls/icons';
import { useApp, useAppState } from '../store/use-app';
import { BackendChip } from './backend-chip';
import { EmbedBar } from './embed-bar';
import { HeaderMenu } from './header-menu';
import { ModelMenu } from './model-menu';
import { Share } from './share';
import { ShowAll } from './show-all';
import { ThemeSwitch } from './theme-switch';

const Welcome = deferred(async () => ({ default: (await import('../lessons/welcome')).Welcome }));

function Logo() {
  return (
    <h1 className="mark">
      <svg width="17" height="15" viewBox="0 0 17 15" aria-hidden="true">
        <rect width="13" height="3.4" rx="1" className="mark-base" />
        <rect x="4" y="5.6" width="13" height="3.4" rx="1" className="mark-new" />
        <rect y="11.2" width="13" height="3.4" rx="1" className="mark-base" />
      </svg>
      Interlayer
    </h1>
  );
}

function OpeningBar() {
  const { model } = useApp();
  const opening = useAppState((state) => state.model.opening);
  const showBusy = useDelayedBusy(opening !== undefined);
  if (!showBusy || opening === undefined) return null;
  return (
    <div className="opening">
      <Busy label={`Opening ${opening.name}`} progress={opening.progress} onCancel={model.cancelOpening} />
    </div>
  );
}

/** The backend's notice, for example that the browser has no WebGPU. */
function BackendNotice() {
  const { backend } = useApp();
  const notice = useAppState(({ backend: { summary, noticeDismissed } }) =>
    noticeDismissed ? undefined : summary?.notice,
  );
  if (notice === undefined) return null;
  return (
    <div className="backend-notice" role="status">
      <span>{notice}</span>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={backend.dismissNotice}>
        <CloseIcon />
      </button>
    </div>
  );
}

/** Tells the style sheet the header's height, so that the stage of a narrow page fits the rest of the window. */
function useHeightForStyles(header: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = header.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      document.documentElement.style.setProperty('--header', `${element.offsetHeight}px`);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [header]);
}

/** Name of the page, model and backend, and what concerns the whole page. */
function HeaderRow() {
  const { store, exporting } = useApp();
  const info = useAppState((state) => state.model.info);
  return (
    <div className="header-row">
      <Logo />
      <div className="chips">
        <ModelMenu />
        <BackendChip />
      </div>
      <div className="header-actions">
        <ShowAll />
        <button
          type="button"
          className="button quiet"
          data-control="lessons"
          onClick={() => store.setState({ dialog: 'lessons' })}
        >
          Lessons
        </button>
        <button
          type="button"
          className="button quiet wide-only"
          data-control="about"
          onClick={() => store.setState({ dialog: 'about' })}
        >
          About
        </button>
        <button
          type="button"
          className="icon-button bordered wide-only"
          data-control="keys"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => store.setState({ dialog: 'help' })}
        >
          <KeyboardIcon />
        </button>
        <span className="wide-only">
          <ThemeSwitch />
        </span>
        <Share />
        <ActionButton
          className="button primary"
          data-control="export"
          aria-label="Export checkpoint"
          unavailable={info === undefined ? 'Open a model first' : info.unsupported}
          onClick={() => {
            exporting.choose(undefined);
            store.setState({ dialog: 'export' });
          }}
        >
          Export<span className="wide-only-inline"> checkpoint</span>
        </ActionButton>
        <HeaderMenu />
      </div>
    </div>
  );
}

/** The header. Its row is not seen where another page shows this one, nor in the presenter's view, but lessons press its buttons. */
export function Header() {
  const { firstVisit, platform } = useApp();
  const presenter = useAppState((state) => state.view.presenter);
  const header = useRef<HTMLElement>(null);
  useHeightForStyles(header);
  return (
    <header ref={header} className="header">
      <HeaderRow />
      {platform.embedded && <EmbedBar />}
      <OpeningBar />
      <BackendNotice />
      {firstVisit && !platform.embedded && !presenter && (
        <Suspense>
          <Welcome />
        </Suspense>
      )}
    </header>
  );
}
