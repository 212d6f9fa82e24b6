import { line } from 'd3-shape';
import { memo } from 'react';
import type { NormScale } from './norms';

/** Top and bottom of the logarithmic scale, and the position of an exact 0 below it, in pixels. */
export const SPARK_BOX = { top: 3, bottom: 27, zero: 34, height: 38 } as const;
const LEFT = 9;
/** Maximum number of points. */
const MAX_POINTS = 200;

interface SparklineProps {
  /** One per step. */
  readonly values: readonly number[];
  /** Total number of steps. */
  readonly steps: number;
  readonly width: number;
  readonly scale: NormScale;
}

/** Small chart of a norm over the steps. */
export const Sparkline = memo(function Sparkline({ values, steps, width, scale }: SparklineProps) {
  const stride = Math.ceil(Math.max(steps, values.length) / MAX_POINTS);
  const x = (step: number) => LEFT + (step / Math.max(1, steps - 1)) * (width - LEFT - 4);
  const zeros = values.includes(0);
  const points = values.flatMap((value, i) =>
    i % stride === 0 || i === values.length - 1 ? [[i, value] as const] : [],
  );
  const path = line<readonly [number, number]>(
    ([i]) => Math.round(x(i) * 10) / 10,
    ([, value]) => Math.round(scale.y(value) * 10) / 10,
  ).defined(([, value]) => Number.isFinite(value))(points);
  const last = values.at(-1);
  return (
    <svg className="race-spark" width={width} height={SPARK_BOX.height} aria-hidden="true">
      <line className="race-grid" x1={LEFT} x2={width} y1={SPARK_BOX.bottom} y2={SPARK_BOX.bottom} />
      {zeros && (
        <>
          <text className="race-tick" x="0" y={SPARK_BOX.zero} dy="0.32em">
            0
          </text>
          <line className="race-zero" x1={LEFT} x2={width} y1={SPARK_BOX.zero} y2={SPARK_BOX.zero} />
        </>
      )}
      <path d={path ?? ''} />
      {last !== undefined && Number.isFinite(last) && (
        <circle cx={x(values.length - 1)} cy={scale.y(last)} r="2.2" />
      )}
    </svg>
  );
});
