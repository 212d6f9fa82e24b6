/*
 * Room `align/inspector`: details of the cell under the cursor: numbers, both neurons' weights, and the tokens that drive
 * them. Imports no other room of Align.
 */

import { Suspense } from 'react';
import { deferred } from '../../controls/deferred';
import type { CellAddress, Panes } from '../../../recipe/view';
import { Term } from '../../glossary/term';
import { Partners } from '../../controls/partners';
import { comparesActivations } from '../../methods/methods';
import { alignmentWords } from '../../store/derived/alignment-words';
import { shownCell } from '../../store/derived/cell';
import { secondChoice } from '../../store/derived/second';
import { useApp, useAppState } from '../../store/use-app';
import { columnWords } from '../../words/against';
import { CellFormula } from './formula';
import { RelatedList } from './related-list';
import { Stripes } from './stripes';

// Loaded on demand, because only MLP units have this panel.
const NeuronPanel = deferred(async () => ({ default: (await import('./neuron-panel')).NeuronPanel }));

type Side = 'a' | 'b';

/** Details of a cell in one alignment: both rows of weights, the formula, the best partners, and the pair in other tensors. */
function CellDetails({ side }: { readonly side: Side }) {
  const { cell: actions } = useApp();
  const cell = useAppState((state) => (side === 'a' ? state.cell.result : state.cell.second));
  const subject = useAppState((state) => (side === 'a' ? state.align : state.second).subject);
  // The second alignment has the parents of the first.
  const chosen = useAppState(({ recipe }) => recipe.current.parents[subject?.gap ?? -1]);
  const activations = useAppState((state) =>
    comparesActivations(
      side === 'a' ? state.recipe.current : (secondChoice(state)?.recipe ?? state.recipe.current),
    ),
  );
  if (cell === undefined || subject === undefined) return null;
  const parents = chosen ?? ([subject.gap, subject.gap + 1] as const);
  const masses = cell.mass !== undefined && cell.f !== undefined;
  return (
    <>
      <Stripes cell={cell} parents={parents} activations={activations} />
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
      {side === 'a' && <RelatedList />}
    </>
  );
}

/** What one alignment says of the cell: its blocks and numbers. Beside another alignment it is named. */
function SideDetails({ side, address, named }: { side: Side; address: CellAddress; named: boolean }) {
  const { phase, key, subject } = useAppState(({ align, second }) => (side === 'a' ? align : second));
  const words = useAppState((state) => alignmentWords(state, side));
  // After a failed solve there is nothing to inspect; what is left is of the solve before.
  const found = useAppState(({ cell }) => (side === 'a' ? cell.result : cell.second));
  const parents = useAppState(({ recipe }) => recipe.current.parents[subject?.gap ?? -1]);
  if (subject === undefined) return null;
  const { gap, tensor, rows, columns, against } = subject;
  const blocks = parents ?? ([gap, gap + 1] as const);
  const result = phase === 'failed' ? undefined : found;
  const inside = address.row < rows && address.column < columns;
  const current = result?.key === key && result?.row === address.row && result.column === address.column;
  return (
    <section
      className="inspected"
      data-side={side}
      aria-label={named ? `${side.toUpperCase()}: ${words}` : undefined}
    >
      {named && (
        <p className="inspected-name">
          <b className="pane-letter">{side.toUpperCase()}</b> {words}
        </p>
      )}
      <div>
        <p className="pair">
          {tensor} {address.row} → {address.column}
        </p>
        <p className="hint">
          {inside
            ? `row of block ${blocks[0]}, column of ${columnWords(against, blocks)}`
            : `There is no such cell among ${rows} × ${columns}.`}
        </p>
      </div>
      {side === 'a' && (tensor === 'gate' || tensor === 'up') && (
        <Suspense>
          <NeuronPanel />
        </Suspense>
      )}
      {result && inside && (
        <div className="cell-details" data-stale={!current}>
          <CellDetails side={side} />
        </div>
      )}
    </section>
  );
}

const SIDES: Readonly<Record<Panes, readonly Side[]>> = {
  off: ['a'],
  a: ['a'],
  b: ['b'],
  both: ['a', 'b'],
  difference: ['a', 'b'],
};

/** The pinned cell, or else the cell under the cursor, with its details in each alignment on show. */
export function Inspector() {
  const { cell: actions } = useApp();
  const address = useAppState(shownCell);
  const pinned = useAppState((state) => state.view.cell !== null);
  const panes = useAppState(({ view }) => (view.ribbons ? 'off' : view.panes));
  const ready = useAppState((state) => state.align.subject !== undefined);
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
      {address === undefined || !ready ? (
        <p className="hint">
          Point at a <Term id="cell">cell</Term> of the picture, or move there with the arrow keys.
        </p>
      ) : (
        SIDES[panes].map((side) => (
          <SideDetails key={side} side={side} address={address} named={panes !== 'off'} />
        ))
      )}
    </aside>
  );
}
