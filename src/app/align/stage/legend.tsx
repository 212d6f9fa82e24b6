import { useShallow } from 'zustand/react/shallow';
import { POOLINGS, SCALES } from '../../../recipe/view';
import { TermMark } from '../../glossary/term';
import { Segments } from '../../controls/segments';
import { ScaleBar } from '../../drawing/scale-bar';
import { unitOf } from '../../drawing/units';
import { showsSingleCells } from '../../store/derived/requested-picture';
import { useApp, useAppState } from '../../store/use-app';
import type { PaneName } from '../picture/scene';
import { paneScale, paneState } from '../picture/scene';

const SCALE_TITLES = {
  log: 'Every ten times as much is as far',
  linear: 'Twice as much is twice as far',
  row: 'Every row against its own largest value',
} as const;

/** The colour scale with its values, and buttons to change it. */
export function Legend() {
  const { view } = useApp();
  const pane = useAppState(({ view: { panes } }): PaneName =>
    panes === 'off' || panes === 'both' ? 'a' : panes,
  );
  const shown = useAppState((state) => paneState(state, pane).shown);
  const scale = useAppState(useShallow((state) => paneScale(state, pane)));
  const {
    scale: scaleName,
    fit,
    pooling,
  } = useAppState(
    useShallow((state) => ({
      scale: state.view.scale,
      fit: state.view.fit,
      pooling: state.view.pooling,
    })),
  );
  if (shown === undefined || scale === undefined) return <div className="legend" />;

  const { picture, subject } = shown;
  const { kind } = picture;
  return (
    <div className="legend" data-control="scale">
      <ScaleBar
        scale={scale}
        unit={unitOf(kind, scale)}
        uniform={kind === 'plan' && !scale.byRow ? 1 / subject.columns : undefined}
      />
      <TermMark id={kind === 'cost' ? 'cost' : 'mass'} />
      {kind !== 'permutation' && (
        <Segments
          name="Colour scale"
          options={SCALES.map((name) => ({
            value: name,
            label: name === 'row' ? 'per row' : name,
            title: SCALE_TITLES[name],
          }))}
          value={scaleName}
          onChoose={(name) => view.show({ scale: name })}
        />
      )}
      {(kind === 'plan' || kind === 'difference') && scaleName !== 'row' && (
        <div className="segments">
          <button
            type="button"
            aria-pressed={fit}
            title="Stretch the colours to this matrix’s own values. Off, one fixed range makes pictures comparable"
            onClick={() => view.show({ fit: !fit })}
          >
            fit
          </button>
        </div>
      )}
      {!showsSingleCells(picture, subject) && (
        <>
          <Segments
            name="Pixels that cover several cells show their"
            options={POOLINGS.map((name) => ({ value: name, label: name }))}
            value={pooling}
            onChoose={(name) => view.show({ pooling: name })}
          />
          <TermMark id="pooling" />
        </>
      )}
    </div>
  );
}
