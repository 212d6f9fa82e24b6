/*
 * Room `align/timeline`: the solve over its half-steps: play, scrub, ε, error and cost. Imports no other room of Align.
 */

import { Suspense } from 'react';
import { deferred } from '../../controls/deferred';
import { planOf } from '../../methods/methods';
import { fillsGaps } from '../../methods/gaps';
import { lastHalfStep, shownHalfStep } from '../../store/derived/half-step';
import { partCount } from '../../store/derived/part';
import { SCALING_LABELS, scalingOf } from '../../store/derived/scaling';
import { useApp, useAppState } from '../../store/use-app';
import { PlayButtons } from './buttons';
import { EpsilonSlider } from './epsilon-slider';
import { Readout } from './readout';

// Loaded after the picture, so that the picture does not wait for it.
const Curves = deferred(async () => ({ default: (await import('./curves')).Curves }));

/** Plays, steps and scrubs through the solve, with its curves and a live ε slider. */
export function Timeline() {
  const { timeline } = useApp();
  const plan = useAppState((state) => state.align.subject?.plan ?? planOf(state.recipe.current));
  const gaps = useAppState((state) => fillsGaps(state.recipe.current.method));
  const byHead = useAppState((state) => partCount(state) > 0);
  const at = useAppState(shownHalfStep);
  const last = useAppState(lastHalfStep);
  const scaling = scalingOf(at);
  const earlier = useAppState((state) => {
    const { shown } = state.picture;
    return shown?.request.kind === 'plan' && shown.picture.key === state.align.key
      ? shown.picture.halfStep > shownHalfStep(state)
      : false;
  });

  if (plan !== 'entropic')
    return (
      <section className="timeline empty" aria-label="Timeline" data-control="timeline">
        <p>
          {plan === 'permutation'
            ? 'The assignment is found exactly, in one go: there are no half-steps to watch.'
            : !gaps
              ? 'This method puts whole blocks in a new order: there is nothing to solve.'
              : byHead
                ? 'Every head of this tensor has a plan of its own: choose one above to watch it form.'
                : 'There is no plan of this tensor. What is shown is what one would have had to work with.'}
        </p>
      </section>
    );

  return (
    <section className="timeline" aria-label="Timeline" data-control="timeline">
      <div className="timeline-controls">
        <PlayButtons />
        <EpsilonSlider />
      </div>
      <div className="timeline-track" data-scaling={scaling}>
        <Suspense fallback={<div className="curve" />}>
          <Curves />
        </Suspense>
        <input
          type="range"
          aria-label="Half-step"
          aria-valuetext={`half-step ${at} of ${last}, ${SCALING_LABELS[scaling]}`}
          min={0}
          max={Math.max(1, last)}
          step={1}
          value={at}
          onChange={(event) => timeline.scrub(Number(event.target.value))}
        />
        {earlier && (
          <p className="hint" role="status">
            An earlier step of ProgOT: its plan, formed from points that have moved on, is not kept. The
            picture is the start of the last step.
          </p>
        )}
      </div>
      <Readout />
    </section>
  );
}
