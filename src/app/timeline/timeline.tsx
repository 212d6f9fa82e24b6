import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { fillsGaps } from '../gaps';
import { planOf } from '../methods';
import { exponent, quantity } from '../numbers';
import {
  BackIcon,
  CheckIcon,
  ForwardIcon,
  PauseIcon,
  PlayIcon,
  ToEndIcon,
  ToStartIcon,
} from '../shell/icons';
import { useApp, useAppState } from '../store/app';
import { partCount, shownHalfStep } from '../store/align';
import { errorCurve } from './curve';

const CURVE_HEIGHT = 58;

/** Error by half-step, with the half-step on show marked. */
function ErrorCurve() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  const result = useAppState((state) => state.align.result);
  const trace = useAppState((state) => state.align.trace);
  const tolerance = useAppState((state) => state.recipe.current.solver.tolerance);
  const at = useAppState(shownHalfStep);
  const clip = useId();

  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.max(80, entry.contentRect.width)),
    );
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const curve = useMemo(() => {
    const points = result
      ? result.errors.map((error, i) => [i, error] as const)
      : trace.map((frame) => [frame.halfStep, frame.marginalError] as const);
    return errorCurve(
      points.filter(([, error]) => Number.isFinite(error)),
      tolerance,
      width,
      CURVE_HEIGHT,
    );
  }, [result, trace, tolerance, width]);

  return (
    <div ref={box} className="curve">
      <svg width={width} height={CURVE_HEIGHT} aria-hidden="true">
        <clipPath id={clip}>
          <rect width={curve.x(at)} height={CURVE_HEIGHT} />
        </clipPath>
        <line className="curve-goal" x1="0" x2={width} y1={curve.y(tolerance)} y2={curve.y(tolerance)} />
        <text x="4" y={curve.y(tolerance) - 4}>
          stop at {exponent(tolerance, 1)}
        </text>
        <path className="curve-rest" d={curve.path} />
        <path className="curve-done" d={curve.path} clipPath={`url(#${clip})`} />
        <line className="curve-cursor" x1={curve.x(at)} x2={curve.x(at)} y1="0" y2={CURVE_HEIGHT} />
      </svg>
    </div>
  );
}

function Buttons() {
  const { timeline } = useApp();
  const moving = useAppState(
    ({ align, view }) =>
      align.playing || (align.phase === 'forming' && view.halfStep === null && align.frame !== undefined),
  );
  return (
    <div className="timeline-buttons" role="group" aria-label="Half-steps">
      <button type="button" className="icon-button" aria-label="To the start" onClick={timeline.toStart}>
        <ToStartIcon />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="Half-step back"
        onClick={() => timeline.step(-1)}
      >
        <BackIcon />
      </button>
      <button
        type="button"
        className="play"
        aria-label={moving ? 'Pause' : 'Play'}
        title={moving ? 'Pause (K)' : 'Play (K)'}
        onClick={() => timeline.toggle()}
      >
        {moving ? <PauseIcon /> : <PlayIcon />}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="Half-step forward"
        onClick={() => timeline.step(1)}
      >
        <ForwardIcon />
      </button>
      <button type="button" className="icon-button" aria-label="To the end" onClick={timeline.toEnd}>
        <ToEndIcon />
      </button>
    </div>
  );
}

/** What the last half-step did: columns are met after odd ones, rows after even ones. */
function halfStepWords(halfStep: number): string {
  if (halfStep === 0) return 'start';
  return halfStep % 2 === 1 ? 'columns scaled' : 'rows scaled';
}

function Numbers() {
  const result = useAppState((state) => state.align.result);
  const frame = useAppState((state) => state.align.frame);
  const at = useAppState(shownHalfStep);
  // Half-steps that are not kept, of earlier steps of ProgOT, have no ε here; of a solve that was kept only the end is known.
  const epsilon = useAppState(({ align, view }) =>
    align.trace.length === 0
      ? align.result?.epsilon
      : align.trace.findLast((point) => point.halfStep <= (view.halfStep ?? Infinity))?.epsilon,
  );
  const last = result?.halfSteps ?? frame?.halfStep ?? 0;
  const error = result?.errors[at] ?? frame?.marginalError;
  return (
    <dl className="pairs timeline-numbers">
      <div>
        <dt>half-step</dt>
        <dd>
          {at} / {result ? last : '…'}
        </dd>
      </div>
      <div>
        <dt>error</dt>
        <dd>{error === undefined ? '–' : error < 0.01 ? exponent(error) : quantity(error, 2)}</dd>
      </div>
      <div>
        <dt>ε</dt>
        <dd>{epsilon === undefined ? '–' : quantity(epsilon, 3)}</dd>
      </div>
      <div className="timeline-end" data-converged={at < last ? undefined : result?.converged}>
        {result === undefined || at < last ? (
          <dt>{halfStepWords(at)}</dt>
        ) : result.converged ? (
          <dt>
            <CheckIcon /> converged
          </dt>
        ) : (
          <dt>stopped at the cap, error {exponent(result.marginalError)}</dt>
        )}
      </div>
    </dl>
  );
}

/** Play, pause, step and scrub through the solve. */
export function Timeline() {
  const { timeline } = useApp();
  const plan = useAppState((state) => state.align.subject?.plan ?? planOf(state.recipe.current));
  const gaps = useAppState((state) => fillsGaps(state.recipe.current.method));
  const byHead = useAppState((state) => partCount(state) > 0);
  const at = useAppState(shownHalfStep);
  const last = useAppState(({ align }) => align.result?.halfSteps ?? align.frame?.halfStep ?? 0);
  const earlier = useAppState((state) => {
    const { shown } = state.picture;
    return shown?.asked.kind === 'plan' && shown.picture.key === state.align.key
      ? shown.picture.halfStep > shownHalfStep(state)
      : false;
  });

  if (plan !== 'entropic')
    return (
      <section className="timeline empty" aria-label="Timeline">
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
    <section className="timeline" aria-label="Timeline">
      <Buttons />
      <div className="timeline-track">
        <ErrorCurve />
        <input
          type="range"
          aria-label="Half-step"
          aria-valuetext={`half-step ${at} of ${last}, ${halfStepWords(at)}`}
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
      <Numbers />
    </section>
  );
}
