/*
 * Rooms `align/*`: the stage Align. `picture` prepares the drawing of a matrix; `timeline`, `ribbons`, `kernel` and
 * `inspector` are the panels beside it; `figures` saves it. `stage` puts them together and imports the others. Imports no
 * other stage.
 */

import { Suspense } from 'react';
import { deferred } from '../../controls/deferred';
import { Busy, useDelayedBusy } from '../../controls/busy';
import { methodInfo } from '../../methods/methods';
import { fillsGaps } from '../../methods/gaps';
import { pictureStatus } from '../../store/derived/requested-picture';
import { useApp, useAppState } from '../../store/use-app';
import { ScalingLabel } from '../timeline/scaling-label';
import { Caption } from './caption';
import { Heatmap } from './heatmap';
import { Legend } from './legend';
import { WindowNote, RotaryNote } from './picture-notes';
import { SecondBar } from './second-bar';
import { Toolbar } from './toolbar';
import { ZoomButtons } from './zoom-buttons';

// Loaded on demand, because the first picture does not need them.
const Ribbons = deferred(async () => ({ default: (await import('../ribbons/ribbons')).Ribbons }));
const RibbonsCaption = deferred(async () => ({
  default: (await import('../ribbons/caption')).RibbonsCaption,
}));
const KernelReader = deferred(async () => ({
  default: (await import('../kernel/kernel-reader')).KernelReader,
}));
const Describe = deferred(async () => ({ default: (await import('./describe')).Describe }));
const RecipeLine = deferred(async () => ({ default: (await import('./recipe-line')).RecipeLine }));

/** Progress of long work, and its failures. */
function StageStatus() {
  const { align, view } = useApp();
  const phase = useAppState((state) => state.align.phase);
  const progress = useAppState((state) => state.align.progress);
  const failure = useAppState((state) => state.align.failure ?? state.picture.failure);
  const drawing = useAppState((state) => state.picture.progress);
  const waiting = useAppState((state) => state.compare.running || state.compare.evaluating);
  const gaps = useAppState((state) => fillsGaps(state.recipe.current.method));
  const title = useAppState((state) => methodInfo(state.recipe.current.method).title);
  const showBusy = useDelayedBusy(phase === 'forming' || drawing !== undefined);

  if (failure !== undefined)
    return (
      <div className="stage-status problem-box" role="alert">
        <p>{failure.message}</p>
        <button type="button" className="button" onClick={align.again}>
          Try again
        </button>
      </div>
    );
  if (phase === 'unpaired')
    return (
      <div className="stage-status">
        <p>
          {gaps
            ? 'A copy above the last block has one parent: there is no pair to align. Choose another gap.'
            : `${title}: whole blocks in a new order. Nothing is aligned, so there is no picture; the tower shows the order, and Compare measures what it does.`}
        </p>
      </div>
    );
  if (phase === 'stopped')
    return (
      <div className="stage-status">
        <p>The solve was stopped.</p>
        <button type="button" className="button" onClick={align.again}>
          Solve again
        </button>
      </div>
    );
  if (!showBusy) return null;
  return (
    <div className="stage-status">
      {drawing ? (
        <Busy label="Exact assignment" progress={drawing} onCancel={() => view.show({ picture: 'cost' })} />
      ) : (
        <Busy
          label={waiting ? 'After the evaluation…' : 'Solving…'}
          progress={progress}
          onCancel={align.stop}
        />
      )}
    </div>
  );
}

/** The stage Align: the picture of one tensor of one gap. */
export function AlignStage() {
  const { platform } = useApp();
  const status = useAppState((state) => pictureStatus(state, platform.reducedMotion()));
  const stale = useAppState(
    ({ align, picture }) => picture.shown !== undefined && picture.shown.picture.key !== align.key,
  );
  const halfStep = useAppState((state) => state.picture.shown?.picture.halfStep);
  const kind = useAppState((state) => state.picture.shown?.picture.kind);
  const ribbons = useAppState((state) => state.view.ribbons);
  const kernel = useAppState((state) => state.view.kernel !== 'none');
  // The description includes everything in the caption.
  const describe = useAppState((state) => state.view.describe);
  return (
    <>
      <Toolbar />
      {!ribbons && <SecondBar />}
      <div className="stage-views" data-kernel={kernel}>
        <figure
          className="picture"
          data-control="picture"
          data-state={status}
          data-half-step={halfStep}
          data-kind={kind}
          data-stale={stale}
          aria-label="Alignment"
        >
          {ribbons ? (
            <Suspense>
              <Ribbons />
            </Suspense>
          ) : (
            <Heatmap />
          )}
          <StageStatus />
          {!ribbons && (
            <div className="picture-foot">
              <ZoomButtons />
              <Legend />
              <p className="picture-notes">
                <WindowNote />
                <RotaryNote />
                <ScalingLabel />
              </p>
            </div>
          )}
          <figcaption data-control="caption">
            <Suspense>{!describe && (ribbons ? <RibbonsCaption /> : <Caption />)}</Suspense>
            <Suspense>
              <RecipeLine />
              <Describe />
            </Suspense>
          </figcaption>
        </figure>
        <Suspense>{kernel && <KernelReader />}</Suspense>
      </div>
    </>
  );
}
