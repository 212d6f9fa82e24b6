import { memo, useMemo } from 'react';
import { armStyle } from '../../drawing/arm-colours';
import type { RacePoint } from './curves';
import type { Plot } from './plot';

/** Curves with at most this many points get a marker per point, because two points hardly show as a line. */
const MAX_MARKERS = 30;

interface ArmLineProps {
  readonly index: number;
  readonly points: readonly RacePoint[];
  /** The same points before smoothing. */
  readonly raw?: readonly RacePoint[] | undefined;
  readonly plot: Plot;
  readonly tone: 'plain' | 'strong' | 'faint';
}

/** The curve of one arm in one chart. Renders again only when its points, the axes or its tone change. */
export const ArmLine = memo(function ArmLine({ index, points, raw, plot, tone }: ArmLineProps) {
  const { colour, dash } = armStyle(index);
  const paths = useMemo(
    () => ({ line: plot.line(points), band: plot.band(points), raw: raw && plot.line(raw) }),
    [plot, points, raw],
  );
  return (
    <g className="race-line" data-tone={tone} style={{ color: colour }}>
      <path className="race-band" d={paths.band} />
      {paths.raw && <path className="race-raw" d={paths.raw} />}
      <path className="race-mean" d={paths.line} strokeDasharray={dash.join(' ')} />
      {points.length <= MAX_MARKERS &&
        points.map(({ step, x, value }) =>
          value === null ? null : <circle key={step} cx={plot.x(x)} cy={plot.y(value)} r="1.8" />,
        )}
    </g>
  );
});
