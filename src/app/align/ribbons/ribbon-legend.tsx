import { interpolateViridis } from 'd3-scale-chromatic';
import { colourScale, ticksOf } from '../../drawing/scale';
import { NEAR_WORDS } from '../../drawing/units';
import type { ShownRibbons } from '../../store/state/ribbons';
import { quantity } from '../../words/numbers';

const gradient = (from: number) =>
  `linear-gradient(90deg, ${Array.from({ length: 9 }, (_, i) => interpolateViridis(from + ((1 - from) * i) / 8)).join(', ')})`;

/** Explains colour and width of a ribbon. */
export function RibbonLegend({ shown, mass }: { shown: ShownRibbons; mass: boolean }) {
  const { values } = shown.strongest;
  if (!mass)
    return (
      <>
        <span className="legend-unit">distance, {NEAR_WORDS}</span>
        <div className="legend-scale">
          <div className="legend-bar" style={{ background: gradient(0.35) }} />
          <span style={{ left: 0 }}>{quantity(values.at(-1) ?? 0, 3)}</span>
          <span style={{ left: '100%' }}>{quantity(values[0] ?? 0, 3)}</span>
        </div>
      </>
    );
  const scale = colourScale({ kind: 'plan', low: 0, high: 1 }, shown.subject.rows, {
    scale: 'log',
    fit: false,
  });
  return (
    <>
      <span className="legend-unit">mass n·T, {NEAR_WORDS}</span>
      <div className="legend-scale">
        <div className="legend-bar" style={{ background: gradient(0) }} />
        {ticksOf(scale, 5).map(({ value, t }) => (
          <span key={value} style={{ left: `${100 * t}%` }}>
            {quantity(value, 2)}
          </span>
        ))}
      </div>
    </>
  );
}
