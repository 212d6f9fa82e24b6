import { quantity } from '../numbers';
import type { ColourScale } from './colours';
import { VIRIDIS_GRADIENT, valueAt } from './colours';

const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface ScaleBarProps {
  readonly scale: ColourScale;
  readonly unit: string;
  /** Significant digits of a tick. Default two. */
  readonly digits?: number;
}

/** Which colour is which value. */
export function ScaleBar({ scale, unit, digits = 2 }: ScaleBarProps) {
  return (
    <>
      <span className="legend-unit">{unit}</span>
      <div className="legend-scale">
        <div className="legend-bar" style={{ background: VIRIDIS_GRADIENT }} />
        {TICKS.map((t) => (
          <span key={t} style={{ left: `${100 * t}%` }}>
            {quantity(Number(valueAt(scale, t).toPrecision(digits)), digits)}
          </span>
        ))}
      </div>
    </>
  );
}
