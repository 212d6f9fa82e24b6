import { type ColourScale, gradientOf } from '../drawing/colours';
import { quantity } from '../words/numbers';

interface BarLegendProps {
  readonly scale: ColourScale;
  readonly unit: string;
  /** Words for both ends of the bar. */
  readonly low: string;
  readonly high: string;
}

/** Legend of the bars' colours. */
export function BarLegend({ scale, unit, low, high }: BarLegendProps) {
  return (
    <div className="try-legend">
      <span>{unit}</span>
      <span>
        {low} {quantity(scale.low, 2)}
      </span>
      <i style={{ background: gradientOf(scale.map) }} aria-hidden="true" />
      <span>
        {quantity(scale.high, 2)} {high}
      </span>
    </div>
  );
}
