import { POOLINGS, SCALES } from '../../recipe/view';
import { quantity } from '../numbers';
import { Segments } from '../shell/segments';
import { useApp, useAppState } from '../store/app';
import { isWhole } from '../store/wanted-picture';
import type { ColourScale } from './colours';
import { VIRIDIS_GRADIENT, valueAt } from './colours';
import { colourScale } from './scale';

const TICKS = [0, 0.25, 0.5, 0.75, 1];

const UNITS = { cost: 'distance', plan: 'mass n·T', permutation: '1 where assigned' } as const;

/** Two digits, as a person would write a tick. */
function tick(scale: ColourScale, t: number): string {
  return quantity(Number(valueAt(scale, t).toPrecision(2)), 2);
}

/** Which colour is which value, and how values become colours. */
export function Legend() {
  const { view } = useApp();
  const shown = useAppState((state) => state.picture.shown);
  const scaleName = useAppState((state) => state.view.scale);
  const fit = useAppState((state) => state.view.fit);
  const pooling = useAppState((state) => state.view.pooling);
  if (shown === undefined) return <div className="legend" />;

  const { picture, subject } = shown;
  const scale = colourScale(picture, subject.rows, { scale: scaleName, fit });
  return (
    <div className="legend">
      <span className="legend-unit">{UNITS[picture.kind]}</span>
      <div className="legend-scale">
        <div className="legend-bar" style={{ background: VIRIDIS_GRADIENT }} />
        {TICKS.map((t) => (
          <span key={t} style={{ left: `${100 * t}%` }}>
            {tick(scale, t)}
          </span>
        ))}
      </div>
      {picture.kind !== 'permutation' && (
        <Segments
          name="Colour scale"
          options={SCALES.map((name) => ({ value: name, label: name }))}
          value={scaleName}
          onChoose={(name) => view.show({ scale: name })}
        />
      )}
      {picture.kind === 'plan' && (
        <div className="segments">
          <button
            type="button"
            aria-pressed={fit}
            title="Stretch the colours to this picture’s own values. Off, one fixed range makes pictures comparable"
            onClick={() => view.show({ fit: !fit })}
          >
            fit
          </button>
        </div>
      )}
      {!isWhole(picture, subject) && (
        <Segments
          name="Pixels that cover several cells show their"
          options={POOLINGS.map((name) => ({ value: name, label: name }))}
          value={pooling}
          onChoose={(name) => view.show({ pooling: name })}
        />
      )}
    </div>
  );
}
