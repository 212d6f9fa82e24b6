import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { scalingOf } from '../../store/derived/scaling';
import type { CurvePoint } from '../../store/state/curves';

/** A box in CSS pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Half the width of the slider's thumb, so that its middle is below the cursor of the curves. */
export const MARGIN = 8;
const PAD = 5;

/** Maps half-steps to horizontal pixels. */
export interface TimeAxis {
  x(halfStep: number): number;
  /** Half-step nearest to `x`. */
  halfStepAt(x: number): number;
}

export function timeAxis(last: number, width: number): TimeAxis {
  const scale = scaleLinear([0, Math.max(1, last)], [MARGIN, Math.max(MARGIN + 1, width - MARGIN)]);
  return {
    x: (halfStep) => scale(halfStep),
    halfStepAt: (x) => Math.max(0, Math.min(last, Math.round(scale.invert(x)))),
  };
}

export interface ErrorCurve {
  /** SVG paths of the parts that column half-steps and row half-steps make. */
  readonly columns: string;
  readonly rows: string;
  y(error: number): number;
}

/**
 * Curve of the marginal error over half-steps, on a logarithmic axis that reaches down to the tolerance.
 *
 * @param points half-step and error, by ascending half-step. Errors of 0 are drawn at the bottom.
 */
export function errorCurve(
  points: readonly (readonly [number, number])[],
  tolerance: number,
  { x }: TimeAxis,
  { height }: Pick<Box, 'height'>,
): ErrorCurve {
  const positive = points.map(([, error]) => error).filter((error) => error > 0);
  const high = Math.max(tolerance * 10, ...positive);
  const low = Math.min(tolerance / 2, ...positive);
  const log = scaleLog([low, high], [height - PAD, PAD]).clamp(true);
  const y = (error: number) => log(Math.max(error, low));
  const paths = { start: '', columns: '', rows: '' };
  for (const [i, [step, error]] of points.entries()) {
    const before = points[i - 1];
    if (before === undefined) continue;
    paths[scalingOf(step)] += `M${x(before[0])},${y(before[1])}L${x(step)},${y(error)}`;
  }
  return { columns: paths.columns, rows: paths.rows, y };
}

export interface PointCurve {
  readonly path: string;
  y(value: number): number;
}

/** Curve of one measure of the plan over half-steps, from its smallest value at the bottom to its largest at the top. */
export function pointCurve(
  points: readonly CurvePoint[],
  measure: 'transportCost' | 'planPerplexity',
  { x }: TimeAxis,
  { height }: Pick<Box, 'height'>,
): PointCurve {
  const known = points.filter((point) => Number.isFinite(point[measure]));
  const values = known.map((point) => point[measure]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // A constant measure is drawn in the middle.
  const range = high > low ? [height - PAD, PAD] : [height / 2, height / 2];
  const scale = scaleLinear(high > low ? [low, high] : [low, low + 1], range);
  const y = (value: number) => scale(value);
  const path =
    line<CurvePoint>(
      (point) => x(point.halfStep),
      (point) => y(point[measure]),
    )(known) ?? '';
  return { path, y };
}
