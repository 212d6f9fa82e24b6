import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { ArmCurves, RaceMeasure, RacePoint, RaceUnit } from './curves';

/** Titles of the three charts. */
export const MEASURE_TITLES: Readonly<Record<RaceMeasure, string>> = {
  loss: 'Training loss',
  heldout: 'New domain, held out',
  retention: 'Old domain, held out',
};

/** The same where there is little room. */
export const SHORT_TITLES: Readonly<Record<RaceMeasure, string>> = {
  loss: 'training',
  heldout: 'new domain',
  retention: 'old domain',
};

/** What the axis across counts. */
export const UNIT_WORDS: Readonly<Record<RaceUnit, string>> = {
  tokens: 'tokens seen',
  compute: 'block passes × tokens',
};

/** Nats that the axis up spans at least, so that rounding is not blown up into a finding. */
const LEAST_SPAN = 0.01;

/** Ends of the axes of one chart. */
export interface Domain {
  readonly end: number;
  readonly low: number;
  readonly high: number;
}

/** Which values the axis up is fitted to: all, or those of the later half of every curve so far. */
export type Fit = 'all' | 'late';

type Extent = readonly [low: number, high: number] | undefined;

/** Of a curve, by its points: in a race that runs, one arm's are new. */
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

/** Ends that all arms fit between, bands included; undefined where nothing has a value yet. */
export function domainOf(curves: readonly ArmCurves[], measure: RaceMeasure, fit: Fit): Domain | undefined {
  const ends = curves.flatMap(({ points }) => extentOf(points[measure])[fit] ?? []);
  if (ends.length === 0) return undefined;
  let [low, high] = [Math.min(...ends), Math.max(...ends)];
  const missing = Math.max(0, LEAST_SPAN - (high - low));
  low -= missing / 2;
  high += missing / 2;
  // Round ends hold still while values come in.
  [low = low, high = high] = scaleLinear([low, high], [0, 1]).nice(8).domain();
  return { end: Math.max(0, ...curves.map((arm) => arm.end)), low, high };
}

interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Places in pixels from the upper left corner of a plot. */
export interface Plot {
  x(value: number): number;
  y(value: number): number;
  /** What the axis across says at a place. */
  valueAt(x: number): number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** SVG paths: the mean, and the range over seeds, empty where there is one seed alone. */
  line(points: readonly RacePoint[]): string;
  band(points: readonly RacePoint[]): string;
}

export function plotOf({ end, low, high }: Domain, width: number, height: number): Plot {
  const across = scaleLinear([0, Math.max(1, end)], [0, width]);
  const up = scaleLinear([low, high], [height, 0]);
  const xCount = Math.max(2, Math.min(5, Math.floor(width / 70)));
  const xLabel = across.tickFormat(xCount, 's');
  const yLabel = up.tickFormat(4);
  const x = (point: RacePoint) => short(across(point.x));
  return {
    x: (value) => across(value),
    y: (value) => up(value),
    valueAt: (place) => Math.min(end, Math.max(0, across.invert(place))),
    xTicks: across
      .ticks(xCount)
      .map((value) => ({ at: across(value), label: value === 0 ? '0' : xLabel(value) })),
    yTicks: up.ticks(4).map((value) => ({ at: up(value), label: yLabel(value) })),
    line: (points) =>
      line<RacePoint>(x, ({ value }) => short(up(value ?? 0))).defined(({ value }) => value !== null)(
        points,
      ) ?? '',
    band: (points) =>
      points.some(({ seeds }) => seeds > 1)
        ? (area<RacePoint>(
            x,
            (point) => short(up(point.low ?? 0)),
            (point) => short(up(point.high ?? 0)),
          ).defined((point) => point.low !== null)(points) ?? '')
        : '',
  };
}

/** A tenth of a pixel is enough, and a shorter path is set faster. */
const short = (pixels: number): number => Math.round(pixels * 10) / 10;
