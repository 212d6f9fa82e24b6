import type { PointerEvent } from 'react';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { pointAt } from '../../store/align/curves';
import { errorAt, lastHalfStep, shownHalfStep } from '../../store/derived/half-step';
import { scalingOf } from '../../store/derived/scaling';
import { useApp, useAppState } from '../../store/use-app';
import { exponent } from '../../words/numbers';
import { errorCurve, pointCurve, timeAxis } from './curve';

const HEIGHT = 68;
const NO_POINTS = [] as const;

/** Error, transport cost and plan perplexity over the half-steps, with one cursor that can be dragged. */
export function Curves() {
  const { timeline } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  const result = useAppState((state) => state.align.result);
  const trace = useAppState((state) => state.align.trace);
  const points = useAppState(({ align, curves }) => (curves.key === align.key ? curves.points : NO_POINTS));
  const tolerance = useAppState((state) => state.recipe.current.solver.tolerance);
  const at = useAppState(shownHalfStep);
  const last = useAppState(lastHalfStep);
  const error = useAppState(errorAt);
  const point = useAppState((state) => pointAt(state, shownHalfStep(state)));
  const clip = useId();

  // Before the first frame, in which curves wider than a phone would make the page scroll sideways.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = () => setWidth(Math.max(80, element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const axis = useMemo(() => timeAxis(last, width), [last, width]);
  const errors = useMemo(() => {
    const all = result
      ? result.errors.map((value, i) => [i, value] as const)
      : trace.map((frame) => [frame.halfStep, frame.marginalError] as const);
    return errorCurve(
      all.filter(([, value]) => Number.isFinite(value)),
      tolerance,
      axis,
      { height: HEIGHT },
    );
  }, [result, trace, tolerance, axis]);
  const cost = useMemo(() => pointCurve(points, 'transportCost', axis, { height: HEIGHT }), [points, axis]);
  const spread = useMemo(
    () => pointCurve(points, 'planPerplexity', axis, { height: HEIGHT }),
    [points, axis],
  );

  function scrub(event: PointerEvent): void {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    timeline.scrub(axis.halfStepAt(event.clientX - left));
  }

  const lines = (
    <>
      <path className="curve-cost" d={cost.path} />
      <path className="curve-perplexity" d={spread.path} />
      <path className="curve-columns" d={errors.columns} />
      <path className="curve-rows" d={errors.rows} />
    </>
  );
  const goal = errors.y(tolerance);
  const x = axis.x(at);
  return (
    <div
      ref={box}
      className="curve"
      data-control="curves"
      onPointerDown={(event) => {
        if (event.button !== 0 || last === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && scrub(event)}
    >
      <svg width={width} height={HEIGHT} aria-hidden="true">
        <clipPath id={clip}>
          <rect width={x} height={HEIGHT} />
        </clipPath>
        <line className="curve-goal" x1="0" x2={width} y1={goal} y2={goal} />
        <text x="64" y={goal - 4}>
          stop at {exponent(tolerance, 1)}
        </text>
        <g className="curve-rest">{lines}</g>
        <g clipPath={`url(#${clip})`}>{lines}</g>
        <line className="curve-cursor" x1={x} x2={x} y1="0" y2={HEIGHT} />
        {point && Number.isFinite(point.transportCost) && (
          <circle className="dot-cost" cx={x} cy={cost.y(point.transportCost)} r="2.5" />
        )}
        {point && Number.isFinite(point.planPerplexity) && (
          <circle className="dot-perplexity" cx={x} cy={spread.y(point.planPerplexity)} r="2.5" />
        )}
        {error !== undefined && Number.isFinite(error) && (
          <circle className="dot-error" data-scaling={scalingOf(at)} cx={x} cy={errors.y(error)} r="3.5" />
        )}
      </svg>
    </div>
  );
}
