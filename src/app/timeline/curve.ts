import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

/** The error of every known half-step, drawn into a box of `width` × `height`. */
export interface Curve {
  /** SVG path of the error, falling from left to right. */
  readonly path: string;
  readonly x: (halfStep: number) => number;
  readonly y: (error: number) => number;
}

const PAD = 4;

/**
 * The marginal error over half-steps on a logarithmic axis that reaches down to the tolerance.
 *
 * @param points half-step and error, ascending. Errors of 0 are drawn at the bottom.
 */
export function errorCurve(
  points: readonly (readonly [number, number])[],
  tolerance: number,
  width: number,
  height: number,
): Curve {
  const last = points.at(-1)?.[0] ?? 1;
  const positive = points.map(([, error]) => error).filter((error) => error > 0);
  const high = Math.max(tolerance * 10, ...positive);
  const low = Math.min(tolerance / 2, ...positive);
  const x = scaleLinear([0, Math.max(1, last)], [PAD, width - PAD]);
  const log = scaleLog([low, high], [height - PAD, PAD]).clamp(true);
  const y = (error: number) => log(Math.max(error, low));
  const path =
    line<readonly [number, number]>(
      ([step]) => x(step),
      ([, error]) => y(error),
    )(points) ?? '';
  return { path, x, y };
}
