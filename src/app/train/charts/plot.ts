import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { ArmCurves, RaceMeasure, RacePoint, RaceUnit } from './curves';

/** Titles of the three charts. */
export const MEASURE_TITLES: Readonly<Record<RaceMeasure, string>> = {
  loss: 'Training loss',
  heldout: 'New domain, held out',
  retention: 'Old domain, held out',
};

/** The same for narrow places. */
export const SHORT_TITLES: Readonly<Record<RaceMeasure, string>> = {
  loss: 'training',
  heldout: 'new domain',
  retention: 'old domain',
};

/** Label of the x axis. */
export const UNIT_WORDS: Readonly<Record<RaceUnit, string>> = {
  tokens: 'tokens seen',
  compute: 'block passes × tokens',
};

/** Minimum range of the y axis in nats, so that rounding does not look like a result. */
const MIN_SPAN = 0.01;

/** Ranges of the axes of one chart. */
export interface Domain {
  readonly end: number;
  readonly low: number;
  readonly high: number;
}

/** Values that the y axis is fitted to: all, or those in the later half of every curve. */
export type Fit = 'all' | 'late';

type Extent = readonly [low: number, high: number] | undefined;

/** Cached ranges of curves, because only the arm in training changes. */
const extents = new WeakMap<readonly RacePoint[], Readonly<Record<Fit, Extent>>>();

function extentOf(points: readonly RacePoint[]): Readonly<Record<Fit, Extent>> {
  const within = (from: number): Extent => {
    const values = points.flatMap(({ x, low, high }) =>
      x < from || low === null || high === null ? [] : [low, high],
    );
    return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
  };
  const known = extents.get(points) ?? { all: within(0), late: within((points.at(-1)?.x ?? 0) / 2) };
  extents.set(points, known);
  return known;
}

/** Axis ranges that contain all arms with their bands. Undefined while no point has a value. */
export function domainOf(curves: readonly ArmCurves[], measure: RaceMeasure, fit: Fit): Domain | undefined {
  const ends = curves.flatMap(({ points }) => extentOf(points[measure])[fit] ?? []);
  if (ends.length === 0) return undefined;
  let [low, high] = [Math.min(...ends), Math.max(...ends)];
  const missing = Math.max(0, MIN_SPAN - (high - low));
  low -= missing / 2;
  high += missing / 2;
  // Round ends seldom change while values arrive.
  [low = low, high = high] = scaleLinear([low, high], [0, 1]).nice(8).domain();
  return { end: Math.max(0, ...curves.map((arm) => arm.end)), low, high };
}

interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Maps values to pixels from the upper left corner of a plot. */
export interface Plot {
  x(value: number): number;
  y(value: number): number;
  /** Value of the x axis at a pixel, clamped to the axis. */
  valueAt(x: number): number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** SVG paths: the mean, and the range over seeds, which is empty with one seed. */
  line(points: readonly RacePoint[]): string;
  band(points: readonly RacePoint[]): string;
}

export function plotOf({ end, low, high }: Domain, width: number, height: number): Plot {
  const across = scaleLinear([0, Math.max(1, end)], [0, width]);
  const up = scaleLinear([low, high], [height, 0]);
  const xCount = Math.max(2, Math.min(5, Math.floor(width / 70)));
  const xLabel = across.tickFormat(xCount, 's');
  const yLabel = up.tickFormat(4);
  const x = (point: RacePoint) => roundPixels(across(point.x));
  return {
    x: (value) => across(value),
    y: (value) => up(value),
    valueAt: (place) => Math.min(end, Math.max(0, across.invert(place))),
    xTicks: across
      .ticks(xCount)
      .map((value) => ({ at: across(value), label: value === 0 ? '0' : xLabel(value) })),
    yTicks: up.ticks(4).map((value) => ({ at: up(value), label: yLabel(value) })),
    line: (points) =>
      line<RacePoint>(x, ({ value }) => roundPixels(up(value ?? 0))).defined(({ value }) => value !== null)(
        points,
      ) ?? '',
    band: (points) =>
      points.some(({ seeds }) => seeds > 1)
        ? (area<RacePoint>(
            x,
            (point) => roundPixels(up(point.low ?? 0)),
            (point) => roundPixels(up(point.high ?? 0)),
          ).defined((point) => point.low !== null)(points) ?? '')
        : '',
  };
}

/** Rounds to a tenth of a pixel, because shorter paths are faster to draw. */
const roundPixels = (pixels: number): number => Math.round(pixels * 10) / 10;
