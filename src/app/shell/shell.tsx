/*
 * Room `shell`: header, tabs, dialogs, notices and keys of the page, and the choice of stage. Imports every room; only
 * main.tsx imports it.
 */

import { Suspense, createElement, useEffect } from 'react';
import { deferred } from '../controls/deferred';
import { Inspector } from '../align/inspector/inspector';
import { AlignStage } from '../align/stage/align-stage';
import { Timeline } from '../align/timeline/timeline';
import { useApp, useAppState } from '../store/use-app';
import { MethodPanel } from '../tower/method-panel';
import { Summary } from '../tower/summary';
import { useIgnored } from '../tower/ignored-note';
import { Tower } from '../tower/tower';
import { DropZone } from './drop-zone';
import { Header } from './header';
import { Notices } from './notices';
import { handleShortcut } from './shortcuts';
import { Tabs } from './tabs';
import { warnOnLeaving } from './warn-on-leaving';

// Loaded on demand, because the first picture does not need them.
const MapStage = deferred(async () => ({ default: (await import('../map/map-stage')).MapStage }));
const PairPanel = deferred(async () => ({ default: (await import('../map/pair-panel')).PairPanel }));
const CompareStage = deferred(async () => ({
  default: (await import('../compare/compare-stage')).CompareStage,
}));
const TrainStage = deferred(async () => ({ default: (await import('../train/train-stage')).TrainStage }));
const TryStage = deferred(async () => ({ default: (await import('../try/try-stage')).TryStage }));
const ExportDialog = deferred(async () => ({
  default: (await import('../export/export-dialog')).ExportDialog,
}));
const DevicePanel = deferred(async () => ({ default: (await import('../device/device-panel')).DevicePanel }));
const About = deferred(async () => ({ default: (await import('./about')).About }));
const Help = deferred(async () => ({ default: (await import('./help')).Help }));
const HubDialog = deferred(async () => ({ default: (await import('../hub/hub-dialog')).HubDialog }));
const KeptDialog = deferred(async () => ({ default: (await import('../hub/kept-dialog')).KeptDialog }));
const LessonHost = deferred(async () => ({ default: (await import('../lessons/lesson-host')).LessonHost }));
const LessonEditor = deferred(async () => ({
  default: (await import('../lessons/editor/lesson-editor')).LessonEditor,
}));
const LessonList = deferred(async () => ({ default: (await import('../lessons/lesson-list')).LessonList }));
const HideDialog = deferred(async () => ({ default: (await import('./hide-dialog')).HideDialog }));
const OpenUrl = deferred(async () => ({ default: (await import('./open-url')).OpenUrl }));

/** Says why nothing is shown, if no model is open or being opened. */
function StartFailure() {
  const { model } = useApp();
  const failure = useAppState((state) => state.model.failure);
  const opening = useAppState((state) => state.model.opening !== undefined);
  const backendFailed = useAppState((state) => state.backend.status === 'failed');
  if (!backendFailed && (failure === undefined || opening)) return null;
  return (
    <div className="nothing problem-box" role="alert">
      <p>
        {failure?.message ??
          'Neither WebGPU nor the CPU backend could be started. Reload the page to try again.'}
      </p>
      {!backendFailed && (
        <button type="button" className="button primary" onClick={() => void model.tryAgain()}>
          Try again
        </button>
      )}
      <button
        type="button"
        className="button"
        onClick={() => (backendFailed ? location.reload() : void model.openShipped())}
      >
        {backendFailed ? 'Reload' : 'Open the shipped model'}
      </button>
    </div>
  );
}

/** Says in place of a stage that computes with the model why it cannot. */
function Unsupported({ reason }: { readonly reason: string }) {
  return (
    <div className="nothing problem-box" role="alert">
      <p>{reason}</p>
    </div>
  );
}

/** Stages that are loaded on demand. */
const LAZY_STAGES = { map: MapStage, compare: CompareStage, train: TrainStage, try: TryStage } as const;

function CurrentDialog() {
  const dialog = useAppState((state) => state.dialog);
  switch (dialog) {
    case 'about':
      return <About />;
    case 'device':
      return <DevicePanel />;
    case 'help':
      return <Help />;
    case 'export':
      return <ExportDialog />;
    case 'url':
      return <OpenUrl />;
    case 'hub':
      return <HubDialog />;
    case 'kept':
      return <KeptDialog />;
    case 'lessons':
      return <LessonList />;
    case 'hide':
      return <HideDialog />;
    case null:
      return null;
  }
}

/** The column beside the stage: the blocks and the settings that make new ones, and which of these the stage ignores. */
function Side() {
  const ignored = useIgnored();
  return (
    <div className="side" data-ignored={ignored.join(' ')}>
      <Tower />
      <MethodPanel />
      <Summary />
    </div>
  );
}

/** The whole page. */
export function Shell() {
  const app = useApp();
  const tab = useAppState((state) => state.view.tab);
  const unsupported = useAppState((state) => state.model.info?.unsupported);
  const inLesson = useAppState(({ lesson }) => lesson.phase !== 'closed' || lesson.asked !== undefined);
  const hasPanel = useAppState(({ lesson }) => lesson.lesson !== undefined && lesson.lesson.tour !== true);

  const editing = useAppState((state) => state.editing);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => handleShortcut(app, event);
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [app]);

  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => warnOnLeaving(app, event);
    addEventListener('beforeunload', onLeave);
    return () => removeEventListener('beforeunload', onLeave);
  }, [app]);

  return (
    <>
      <div
        className="page"
        data-tab={tab}
        data-lesson={editing && !inLesson ? 'editor' : hasPanel || undefined}
      >
        <Header />
        <Side />
        <main className="main">
          <Tabs />
          <div className="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
            <StartFailure />
            {tab === 'align' ? (
              <>
                <section className="stage" aria-label="Picture">
                  <AlignStage />
                </section>
                <Timeline />
              </>
            ) : unsupported !== undefined && tab !== 'map' ? (
              <Unsupported reason={unsupported} />
            ) : (
              <Suspense>{createElement(LAZY_STAGES[tab])}</Suspense>
            )}
          </div>
        </main>
        {tab === 'align' && <Inspector />}
        {tab === 'map' && (
          <Suspense>
            <PairPanel />
          </Suspense>
        )}
        {editing && !inLesson && (
          <Suspense>
            <LessonEditor />
          </Suspense>
        )}
        {inLesson && (
          <Suspense>
            <LessonHost />
          </Suspense>
        )}
      </div>
      <Notices />
      <DropZone />
      <Suspense>
        <CurrentDialog />
      </Suspense>
    </>
  );
}
