import type { KeyboardEvent } from 'react';
import { useId, useMemo } from 'react';
import { ArmLine } from './arm-line';
import type { ArmCurves, RaceMeasure, RaceUnit } from './curves';
import { nearestPoint } from './curves';
import type { Fit } from './plot';
import { domainOf, MEASURE_TITLES, plotOf, UNIT_WORDS } from './plot';
import { stepWords, lossWords } from './point-words';
import { useWidth } from './use-width';

const HEIGHT = 190;
const LEFT = 40;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 34;
/** With at most this many arms the unsmoothed training loss is drawn too. */
const MAX_RAW_ARMS = 3;

interface LossChartProps {
  readonly measure: RaceMeasure;
  readonly curves: readonly ArmCurves[];
  readonly unit: RaceUnit;
  readonly fit: Fit;
  /** The highlighted arm; `keyArm` is the arm whose points the arrow keys step through. */
  readonly highlighted: string | undefined;
  readonly keyArm: ArmCurves | undefined;
  /** Position of the crosshair. */
  readonly at: number | undefined;
  /** A `pinned` crosshair stays until it is moved again, so that its values can be read. */
  readonly onMove: (at: number | undefined, pinned: boolean) => void;
}

/** Chart of one measure of all arms, with a crosshair that pointer and arrow keys move. */
export function LossChart(props: LossChartProps) {
  const { measure, curves, unit, fit, highlighted, keyArm, at, onMove } = props;
  const [box, width] = useWidth(320);
  const clip = useId();
  const domain = domainOf(curves, measure, fit);
  const inner = Math.max(40, width - LEFT - RIGHT);
  const { end = 0, low = 0, high = 1 } = domain ?? {};
  // Depends on the numbers, because `domain` is a new object in every render.
  const plot = useMemo(() => plotOf({ end, low, high }, inner, HEIGHT), [end, low, high, inner]);
  const walked = keyArm?.points[measure].filter(({ value }) => value !== null) ?? [];
  const here = at === undefined ? undefined : nearestPoint(walked, at);

  function onKeyDown(event: KeyboardEvent): void {
    const last = walked.length - 1;
    const now = here ? walked.indexOf(here) : last;
    const next = {
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      PageUp: now + 10,
      PageDown: now - 10,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') onMove(undefined, false);
    if (next === undefined || last < 0) return;
    event.preventDefault();
    onMove(walked[Math.max(0, Math.min(last, next))]?.x, true);
  }

  const title = MEASURE_TITLES[measure];
  const x = at === undefined ? undefined : plot.x(at);
  // The last one is drawn on top.
  const ordered = curves.toSorted((a, b) => Number(a.arm === highlighted) - Number(b.arm === highlighted));
  return (
    <figure className="race-chart" aria-label={title}>
      <figcaption>{title}</figcaption>
      <div
        ref={box}
        className="race-plot"
        role="slider"
        tabIndex={0}
        aria-label={`Crosshair on ${title}`}
        aria-valuemin={0}
        aria-valuemax={end}
        aria-valuenow={Math.min(end, here?.x ?? walked.at(-1)?.x ?? 0)}
        aria-valuetext={
          here && keyArm ? `${stepWords(here, unit)}: ${keyArm.title} ${lossWords(here)}` : 'latest values'
        }
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const left = event.currentTarget.getBoundingClientRect().left + LEFT;
          if (domain) onMove(plot.valueAt(event.clientX - left), false);
        }}
        onPointerLeave={() => onMove(undefined, false)}
      >
        <svg width={width} height={TOP + HEIGHT + BOTTOM} aria-hidden="true">
          <clipPath id={clip}>
            <rect x="-3" y="-3" width={inner + 6} height={HEIGHT + 6} />
          </clipPath>
          <g transform={`translate(${LEFT} ${TOP})`}>
            {domain &&
              plot.yTicks.map((tick) => (
                <g key={tick.label} transform={`translate(0 ${tick.at})`}>
                  <line className="race-grid" x2={inner} />
                  <text className="race-tick" x="-6" dy="0.32em" textAnchor="end">
                    {tick.label}
                  </text>
                </g>
              ))}
            <line className="race-axis" y1={HEIGHT} y2={HEIGHT} x2={inner} />
            {domain &&
              plot.xTicks.map((tick) => (
                <g key={tick.label} transform={`translate(${tick.at} ${HEIGHT})`}>
                  <line className="race-axis" y2="4" />
                  <text className="race-tick" y="15" textAnchor="middle">
                    {tick.label}
                  </text>
                </g>
              ))}
            <text className="race-tick" x={inner} y={HEIGHT + 30} textAnchor="end">
              {UNIT_WORDS[unit]}
            </text>
            <g clipPath={`url(#${clip})`}>
              {ordered.map(({ arm, index, points, raw }) => (
                <ArmLine
                  key={arm}
                  index={index}
                  points={points[measure]}
                  raw={measure === 'loss' && curves.length <= MAX_RAW_ARMS ? raw : undefined}
                  plot={plot}
                  tone={highlighted === undefined ? 'plain' : highlighted === arm ? 'strong' : 'faint'}
                />
              ))}
            </g>
            {domain && x !== undefined && <line className="race-cross" x1={x} x2={x} y2={HEIGHT} />}
            {!domain && (
              <text className="race-tick" x={inner / 2} y={HEIGHT / 2} textAnchor="middle">
                {measure === 'loss' ? 'no step yet' : 'no evaluation yet'}
              </text>
            )}
          </g>
        </svg>
      </div>
    </figure>
  );
}
