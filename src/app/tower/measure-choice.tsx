import type { TowerMeasure } from '../../recipe/view';
import { TOWER_MEASURES } from '../../recipe/view';
import { Demand } from '../controls/demand';
import { textTitle } from '../store/derived/evaluation';
import { MEASURE_WORDS, groupsOf } from '../store/derived/layer-measures';
import { layersKey, layersOf } from '../store/derived/layers';
import { useApp, useAppState } from '../store/use-app';

/** Which measure is drawn beside the blocks. Choosing one measures it. */
export function MeasureChoice() {
  const { view, layers } = useApp();
  const measure = useAppState((state) => state.view.measure);
  const tensor = useAppState((state) => state.view.tensor);
  return (
    <select
      className="measure-choice"
      aria-label="Measure beside the blocks"
      title={MEASURE_WORDS[measure].title}
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
          {MEASURE_WORDS[name].label}
          {MEASURE_WORDS[name].ofTensor ? ` ${tensor}` : ''}
        </option>
      ))}
    </select>
  );
}

/** How far measuring is, why it failed, or a way to begin; what was measured on where the numbers are there. */
export function MeasureStatus() {
  const { layers } = useApp();
  const measure = useAppState((state) => state.view.measure);
  const groups = groupsOf(measure);
  const known = useAppState((state) => layersOf(state, groups) !== undefined);
  const sample = useAppState((state) => layersOf(state, groups)?.sample?.tokens);
  const id = useAppState((state) => layersKey(state, groups));
  const demand = useAppState((state) => state.layers);
  const text = useAppState(textTitle);
  const { label, ofTensor } = MEASURE_WORDS[measure];
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
    <Demand
      id={id}
      state={demand}
      doing={`Measuring: ${label}`}
      action="Measure"
      onRun={() => void layers.measure(groups)}
      onCancel={layers.cancel}
    >
      {label} of this recipe is not known yet.
    </Demand>
  );
}
