/*
 * Room `align/inspector`: details of the cell under the cursor: numbers, both neurons' weights, and the tokens that drive
 * them. Imports no other room of Align.
 */

import { Suspense, lazy } from 'react';
import { Term } from '../../glossary/term';
import { Partners } from '../../controls/partners';
import { comparesActivations } from '../../methods/methods';
import { shownCell } from '../../store/derived/cell';
import { useApp, useAppState } from '../../store/use-app';
import { columnWords } from '../../words/against';
import { CellFormula } from './formula';
import { RelatedList } from './related-list';
import { Stripes } from './stripes';

// Loaded on demand, because only MLP units have this panel.
const NeuronPanel = lazy(async () => ({ default: (await import('./neuron-panel')).NeuronPanel }));

/** Details of a cell: both rows of weights, the formula, the best partners, and the same pair in other tensors. */
function CellDetails() {
  const { cell: actions } = useApp();
  const cell = useAppState((state) => state.cell.result);
  const subject = useAppState((state) => state.align.subject);
  const parents = useAppState(({ recipe, align }) => recipe.current.parents[align.subject?.gap ?? -1]);
  const activations = useAppState((state) => comparesActivations(state.recipe.current));
  if (cell === undefined || subject === undefined) return null;
  const masses = cell.mass !== undefined && cell.f !== undefined;
  return (
    <>
      <Stripes cell={cell} parents={parents ?? [subject.gap, subject.gap + 1]} activations={activations} />
      <CellFormula cell={cell} rows={subject.rows} activations={activations} />
      <Partners
        title={`Best partners of row ${cell.row}`}
        arrow="→"
        partners={cell.bestColumns}
        masses={masses}
        current={cell.column}
        onGo={(column) => actions.visit({ row: cell.row, column })}
      />
      <Partners
        title={`Best partners of column ${cell.column}`}
        arrow="←"
        partners={cell.bestRows}
        masses={masses}
        current={cell.row}
        onGo={(row) => actions.visit({ row, column: cell.column })}
      />
      <RelatedList />
    </>
  );
}

/** The pinned cell, or else the cell under the cursor, with its details. */
export function Inspector() {
  const { cell: actions } = useApp();
  const address = useAppState(shownCell);
  const pinned = useAppState((state) => state.view.cell !== null);
  // After a failed solve there is nothing to inspect; what is left is of the solve before.
  const result = useAppState(({ align, cell }) => (align.phase === 'failed' ? undefined : cell.result));
  const subject = useAppState((state) => state.align.subject);
  const current = useAppState(
    ({ align, cell }) => cell.result !== undefined && cell.result.key === align.key,
  );
  const parents = useAppState(({ recipe, align }) => recipe.current.parents[align.subject?.gap ?? -1]);
  const gap = subject?.gap ?? 0;
  const blocks = parents ?? ([gap, gap + 1] as const);

  return (
    <aside className="inspector" data-control="inspector" aria-labelledby="pair-title">
      <div className="row spread">
        <h2 id="pair-title">Pair</h2>
        {address && (
          <button
            type="button"
            className="link-button"
            aria-pressed={pinned}
            onClick={() => (pinned ? actions.unpin() : actions.pin(address))}
          >
            {pinned ? 'pinned' : 'pin'}
          </button>
        )}
      </div>
      {address === undefined || subject === undefined ? (
        <p className="hint">
          Point at a <Term id="cell">cell</Term> of the picture, or move there with the arrow keys.
        </p>
      ) : (
        <>
          <div>
            <p className="pair">
              {subject.tensor} {address.row} → {address.column}
            </p>
            <p className="hint">
              row of block {blocks[0]}, column of {columnWords(subject.against, blocks)}
            </p>
          </div>
          {(subject.tensor === 'gate' || subject.tensor === 'up') && (
            <Suspense>
              <NeuronPanel />
            </Suspense>
          )}
          {result && (
            <div
              className="cell-details"
              data-stale={!current || result.row !== address.row || result.column !== address.column}
            >
              <CellDetails />
            </div>
          )}
        </>
      )}
    </aside>
  );
}
