import { useShallow } from 'zustand/react/shallow';
import { ORDERS, PICTURES, TENSORS } from '../../recipe/view';
import { fillsGaps, recipeGaps } from '../gaps';
import { Segments } from '../shell/segments';
import { partCount, shownPart } from '../store/align';
import { useApp, useAppState } from '../store/app';
import { MAX_PIXELS } from '../store/picture';
import { pictureKinds, shownKind } from '../store/wanted-picture';
import { shownGap } from '../store/view';
import { TENSOR_WORDS } from '../tensors';

/** The gap on show and whether there is a new block in it. */
function Place() {
  const { recipe: actions } = useApp();
  const gap = useAppState(shownGap);
  const layers = useAppState((state) => state.model.info?.layers);
  const filled = useAppState(
    (state) =>
      gap === undefined || recipeGaps(state.recipe.current, state.model.info?.layers ?? 0).includes(gap),
  );
  const fills = useAppState((state) => fillsGaps(state.recipe.current.method));
  const parents = useAppState((state) => state.recipe.current.parents[gap ?? -1]);
  if (gap === undefined || layers === undefined || !fills) return null;
  if (parents !== undefined)
    return (
      <p className="place">
        <span>gap {gap}, of</span> block {parents[0]} → {parents[1]}
        <span>, chosen by hand</span>
      </p>
    );
  return (
    <p className="place">
      <span>of</span> block {gap}
      {gap + 1 < layers ? ` → ${gap + 1}` : ''}
      {!filled && (
        <>
          <span>, no new block here</span>
          <button type="button" className="link-button" onClick={() => actions.toggleGap(gap)}>
            add one
          </button>
        </>
      )}
    </p>
  );
}

/** Of a tensor that is matched head by head: whose plan is shown. */
function Part() {
  const { view } = useApp();
  const count = useAppState(partCount);
  const part = useAppState(shownPart);
  const tensor = useAppState((state) => state.view.tensor);
  if (count === 0) return null;
  return (
    <label className="part">
      {tensor === 'q' ? 'Query head' : 'Key-value head'}
      <select
        value={part ?? 'all'}
        onChange={({ target: { value } }) => view.showPart(value === 'all' ? null : Number(value))}
      >
        <option value="all">all, no single plan</option>
        {Array.from({ length: count }, (_, head) => (
          <option key={head} value={head}>
            {head}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the picture shows and how. */
export function Toolbar() {
  const { view } = useApp();
  const tensor = useAppState((state) => state.view.tensor);
  const order = useAppState((state) => state.view.order);
  const kind = useAppState(shownKind);
  const kinds = useAppState(useShallow(pictureKinds));
  const large = useAppState(
    ({ align: { subject } }) =>
      subject !== undefined && (subject.rows > MAX_PIXELS || subject.columns > MAX_PIXELS),
  );

  return (
    <div className="toolbar">
      <div className="row">
        <Segments
          name="Tensor"
          options={TENSORS.map((name) => ({ value: name, label: name, title: TENSOR_WORDS[name].planned }))}
          value={tensor}
          onChoose={view.showTensor}
        />
        <Part />
        <Place />
      </div>
      <div className="row">
        <Segments
          name="Picture"
          options={PICTURES.map((name) => ({
            value: name,
            label: name,
            disabled: kinds[name] === true ? undefined : kinds[name],
          }))}
          value={kind}
          onChoose={(picture) => view.show({ picture })}
        />
        <Segments
          name="Order of rows and columns"
          options={ORDERS.map((name) => ({
            value: name,
            label: name,
            disabled:
              large && name === 'matched'
                ? `This matrix is drawn pooled; only up to ${MAX_PIXELS} rows can be reordered`
                : undefined,
            title:
              name === 'index'
                ? 'As the checkpoint stores them'
                : 'Matched pairs on the diagonal, surest first',
          }))}
          value={large ? 'index' : order}
          onChoose={(name) => view.show({ order: name })}
        />
      </div>
    </div>
  );
}
