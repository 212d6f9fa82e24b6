import type { Related } from '../../../engine/jobs';
import { TENSORS } from '../../../recipe/view';
import { useApp, useAppState } from '../../store/use-app';
import { quantity } from '../../words/numbers';
import { TENSOR_INFO } from '../../words/tensors';

const nameOf = (tensor: Related['tensor']) =>
  TENSORS.find((name) => TENSOR_INFO[name].fullName === tensor) ?? 'q';

function Numbers({ entry }: { entry: Related }) {
  const { tensor, axis, cost, mass, rankOfColumn, rankOfRow, aligned } = entry;
  const columns = axis === 'columns';
  return (
    <>
      <span className="related-name">
        {nameOf(tensor)}
        {columns && <small> columns</small>}
      </span>
      <span>
        {quantity(cost)}
        {!aligned && <small> raw</small>}
      </span>
      <span>{mass === undefined ? '–' : quantity(mass, 2)}</span>
      <span title="Rank of the column among all for the row, and of the row among all for the column; 1 is the nearest">
        {rankOfColumn} · {rankOfRow}
      </span>
    </>
  );
}

/** Ranks of the same pair in the gap's other tensors. Choosing one shows that tensor and keeps the pair. */
export function RelatedList() {
  const { view } = useApp();
  const shown = useAppState((state) => state.related.shown);
  const failure = useAppState((state) => state.related.failure);
  const key = useAppState((state) => state.align.key);
  if (failure !== undefined) return <p className="hint">{failure.message}</p>;
  if (shown === undefined || shown.request.key !== key || shown.found.length === 0) return null;
  const { row, column } = shown.request;
  return (
    <section className="related" aria-labelledby="related-title">
      <h3 id="related-title">The same pair elsewhere</h3>
      <div className="related-head" aria-hidden="true">
        <span />
        <span>cost</span>
        <span>n·T</span>
        <span>ranks</span>
      </div>
      <ul>
        {shown.found.map((entry) => {
          const name = nameOf(entry.tensor);
          return (
            <li key={`${entry.tensor} ${entry.axis}`}>
              {entry.axis === 'rows' ? (
                <button
                  type="button"
                  title={`Show ${name} ${row} → ${column}`}
                  onClick={() => view.showPair(name, { row, column })}
                >
                  <Numbers entry={entry} />
                </button>
              ) : (
                <div>
                  <Numbers entry={entry} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
