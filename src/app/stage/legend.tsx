import { POOLINGS, SCALES } from '../../recipe/view';
import { Segments } from '../shell/segments';
import { useApp, useAppState } from '../store/app';
import { isWhole } from '../store/wanted-picture';
import { colourScale } from './scale';
import { ScaleBar } from './scale-bar';

const UNITS = { cost: 'distance', plan: 'mass n·T', permutation: '1 where assigned' } as const;

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
      <ScaleBar scale={scale} unit={UNITS[picture.kind]} />
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
