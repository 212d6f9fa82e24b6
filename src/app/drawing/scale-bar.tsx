import { quantity } from '../words/numbers';
import type { ColourScale } from './colours';
import { gradientOf, position } from './colours';
import type { Tick } from './scale';
import { ticksOf } from './scale';

interface ScaleBarProps {
  readonly scale: ColourScale;
  readonly unit: string;
  /** Value of a uniform plan; marked if it lies within the scale. */
  readonly uniform?: number | undefined;
  /** Significant digits of a tick. Default two. */
  readonly digits?: number;
  /** Default: round values. */
  readonly ticks?: readonly Tick[] | undefined;
}

/** Legend of a colour scale. */
export function ScaleBar({ scale, unit, uniform, digits = 2, ticks = ticksOf(scale) }: ScaleBarProps) {
  const at = uniform === undefined ? undefined : position(scale, uniform);
  return (
    <>
      <span className="legend-unit">{unit}</span>
      <div className="legend-scale">
        <div className="legend-bar" style={{ background: gradientOf(scale.map) }} />
        {at !== undefined && at > 0 && at < 1 && (
          <i
            className="legend-mark"
            style={{ left: `${100 * at}%` }}
            title="A uniform plan: 1/n everywhere"
          />
        )}
        {ticks.map(({ value, t }) => (
          <span key={t} style={{ left: `${100 * t}%` }}>
            {quantity(value, digits)}
          </span>
        ))}
      </div>
    </>
  );
}
