import type { TowerMeasure } from '../../recipe/view';
import { TOWER_MEASURES } from '../../recipe/view';
import { TermMark } from '../glossary/term';
import { ComputeButton } from '../controls/compute-button';
import { textTitle } from '../store/derived/evaluation';
import { MEASURE_LABELS, groupsOf } from '../store/derived/layer-measures';
import { layersKey, layersOf } from '../store/derived/layers';
import { useApp, useAppState } from '../store/use-app';

/** Chooses the measure beside the blocks and starts measuring it. */
export function MeasureChoice() {
  const { view, layers } = useApp();
  const measure = useAppState((state) => state.view.measure);
  const tensor = useAppState((state) => state.view.tensor);
  return (
    <>
      <select
        className="measure-choice"
        data-control="measure"
        aria-label="Measure beside the blocks"
        title={MEASURE_LABELS[measure].title}
        value={measure}
        onChange={({ target }) => {
          const chosen = target.value as TowerMeasure;
          layers.cancel();
          view.show({ measure: chosen });
          void layers.measure(groupsOf(chosen));
        }}
      >
        {TOWER_MEASURES.map((name) => (
          <option key={name} value={name}>
            {MEASURE_LABELS[name].label}
            {MEASURE_LABELS[name].ofTensor ? ` ${tensor}` : ''}
          </option>
        ))}
      </select>
      <TermMark id={MEASURE_LABELS[measure].term} />
    </>
  );
}

/** State of measuring: start button, progress, failure, or the text that was measured on. */
export function MeasureStatus() {
  const { layers } = useApp();
  const measure = useAppState((state) => state.view.measure);
  const groups = groupsOf(measure);
  const known = useAppState((state) => layersOf(state, groups) !== undefined);
  const sample = useAppState((state) => layersOf(state, groups)?.sample?.tokens);
  const id = useAppState((state) => layersKey(state, groups));
  const demand = useAppState((state) => state.layers);
  const text = useAppState(textTitle);
  const { label, ofTensor } = MEASURE_LABELS[measure];
  if (groups.length === 0) return null;
  if (known)
    return (
      <p className="hint">
        {ofTensor || sample === undefined
          ? 'Of the new blocks.'
          : `On the first ${sample} tokens of “${text}”.`}
      </p>
    );
  return (
    <ComputeButton
      id={id}
      state={demand}
      doing={`Measuring: ${label}`}
      action="Measure"
      onRun={() => void layers.measure(groups)}
      onCancel={layers.cancel}
    >
      {label} of this recipe is not known yet.
    </ComputeButton>
  );
}
