import { useId } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { NEXT } from '../../../recipe/against';
import { ORDERS, PICTURES } from '../../../recipe/view';
import { Term, TermMark } from '../../glossary/term';
import { Segments } from '../../controls/segments';
import { TensorSegments } from '../../controls/tensor-segments';
import { gapName } from '../../methods/block-names';
import { fillsGaps, recipeGaps } from '../../methods/gaps';
import { shownGap } from '../../store/derived/gap';
import { partCount, shownPart } from '../../store/derived/part';
import { MAX_PIXELS, pictureKinds, shownKind } from '../../store/derived/requested-picture';
import { hasOwnOrder } from '../../store/derived/second';
import { useApp, useAppState } from '../../store/use-app';
import { columnWords } from '../../words/against';

/** Notes if the gap on show has no new block, parents chosen by hand, or something else than its next block. */
function GapNote() {
  const { recipe: actions, view } = useApp();
  const gap = useAppState(shownGap);
  const layers = useAppState((state) => state.model.info?.layers);
  const filled = useAppState(
    (state) =>
      gap === undefined || recipeGaps(state.recipe.current, state.model.info?.layers ?? 0).includes(gap),
  );
  const fills = useAppState((state) => fillsGaps(state.recipe.current.method));
  const parents = useAppState((state) => state.recipe.current.parents[gap ?? -1]);
  const against = useAppState((state) => state.view.against);
  if (gap === undefined || layers === undefined || !fills) return null;
  if (against.kind !== 'next')
    return (
      <p className="place">
        <span>
          aligned with{' '}
          <Term id={against.kind === 'null' ? 'null' : 'shuffled-copy'}>
            {columnWords(against, parents ?? [gap, gap + 1])}
          </Term>
        </span>
        <button type="button" className="link-button" onClick={() => view.show({ against: NEXT })}>
          with the next block
        </button>
      </p>
    );
  if (parents !== undefined)
    return (
      <p className="place">
        <span>
          <Term id="gap">gap</Term> {gapName(gap, layers)}, of
        </span>{' '}
        blocks {parents[0]} and {parents[1]}
        <span>, chosen by hand</span>
      </p>
    );
  // Tower and axes already name the blocks.
  if (filled) return null;
  return (
    <p className="place">
      <Term id="gap">gap</Term> {gapName(gap, layers)}
      <span>, no new block here</span>
      <button type="button" className="link-button" onClick={() => actions.toggleGap(gap)}>
        add one
      </button>
    </p>
  );
}

const ORDER_TITLES = {
  index: 'As the checkpoint stores them',
  matched: 'By assignment: matched pairs on the diagonal, surest first',
  cluster: 'Similar neurons side by side',
  norm: 'By length of their weights, longest first',
} as const;
/** Selects the head whose plan is shown, for tensors that are matched head by head. */
function HeadSelect() {
  const { view } = useApp();
  const count = useAppState(partCount);
  const part = useAppState(shownPart);
  const tensor = useAppState((state) => state.view.tensor);
  const id = useId();
  if (count === 0) return null;
  return (
    <div className="part labelled">
      <label htmlFor={id}>{tensor === 'q' ? 'Query head' : 'Key-value head'}</label>
      <TermMark id={tensor === 'q' ? 'head' : 'key-value-head'} />
      <select
        id={id}
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
    </div>
  );
}

/** Controls of what the picture shows and how. */
export function Toolbar() {
  const { view } = useApp();
  const order = useAppState((state) => state.view.order);
  const kind = useAppState(shownKind);
  const kinds = useAppState(useShallow(pictureKinds));
  const shareOrder = useAppState((state) => state.view.panes !== 'off' && !hasOwnOrder(state));
  const ribbons = useAppState((state) => state.view.ribbons);
  const large = useAppState(
    ({ align: { subject } }) =>
      subject !== undefined && (subject.rows > MAX_PIXELS || subject.columns > MAX_PIXELS),
  );

  return (
    <div className="toolbar">
      <div className="row">
        <div className="labelled">
          <TensorSegments />
          <TermMark id="tensor" />
        </div>
        <HeadSelect />
        <GapNote />
      </div>
      <div className="row">
        <div className="labelled">
          <Segments
            name="Picture"
            control="pictures"
            options={[
              ...PICTURES.map((name) => ({
                value: name,
                label: name,
                disabled: kinds[name] === true ? undefined : kinds[name],
              })),
              {
                value: 'ribbons',
                label: 'ribbons',
                title: 'The strongest pairs between two columns of neurons (R)',
              },
            ]}
            value={ribbons ? 'ribbons' : kind}
            onChoose={(name) =>
              view.show(name === 'ribbons' ? { ribbons: true } : { picture: name, ribbons: false })
            }
          />
          <TermMark id={kind === 'cost' ? 'cost-matrix' : kind === 'permutation' ? 'assignment' : 'plan'} />
        </div>
        <div className="labelled">
          <Segments
            name="Order of rows and columns"
            control="orders"
            options={ORDERS.map((name) => ({
              value: name,
              label: name,
              disabled:
                large && shareOrder && name !== 'index'
                  ? `Two matrices of more than ${MAX_PIXELS} rows are compared by index`
                  : undefined,
              title: ORDER_TITLES[name],
            }))}
            value={large && shareOrder ? 'index' : order}
            onChoose={(name) => view.show({ order: name })}
          />
          <TermMark id="order" />
        </div>
      </div>
    </div>
  );
}
