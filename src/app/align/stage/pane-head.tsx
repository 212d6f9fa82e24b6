import type { Picture } from '../../../engine/jobs';
import { Busy } from '../../controls/busy';
import { geometry } from '../../drawing/geometry';
import { methodInfo } from '../../methods/methods';
import { alignmentWords } from '../../store/derived/alignment-words';
import type { AppState } from '../../store/app';
import { shownCell } from '../../store/derived/cell';
import { shownOrder } from '../../store/derived/requested-picture';
import type { SecondState } from '../../store/state/second';
import { useApp, useAppState } from '../../store/use-app';
import { quantity } from '../../words/numbers';
import type { PaneName } from '../picture/scene';
import { paneState, valueInPane } from '../picture/scene';

const LETTERS: Readonly<Record<PaneName, string>> = { a: 'A', b: 'B', difference: 'A − B' };

/** What the value under the cursor is. */
const VALUE_NAMES: Readonly<Record<Picture['kind'], string>> = {
  cost: 'distance',
  plan: 'n·T',
  permutation: 'assigned',
  difference: 'n·T',
};

function valueUnderCursor(state: AppState, pane: PaneName): number | undefined {
  const cell = shownCell(state);
  const { shown } = paneState(state, pane);
  if (cell === undefined || shown === undefined) return undefined;
  if (cell.row >= shown.subject.rows || cell.column >= shown.subject.columns) return undefined;
  const { rows, columns } = shown.subject;
  return valueInPane(state, pane, cell, geometry(rows, columns, shownOrder(state, pane)).placeOf(cell));
}

function missingReason(
  { phase, failure, subject }: SecondState,
  picture: AppState['view']['picture'],
): string | undefined {
  if (phase === 'failed') return failure?.message;
  if (phase === 'stopped') return 'The solve was stopped.';
  if (phase === 'unpaired') return 'There is no pair of blocks to align.';
  if (phase === 'ready' && subject?.plan === 'none' && picture === 'plan')
    return `${methodInfo(subject.method).title}: there is no plan. Look at the cost or the permutation.`;
  return undefined;
}

/** Says what a pane shows, and its value under the shared cursor. */
export function PaneHead({ pane }: { pane: PaneName }) {
  const { second: actions } = useApp();
  const words = useAppState((state) =>
    pane === 'difference'
      ? `${alignmentWords(state, 'a')} minus ${alignmentWords(state, 'b')}`
      : alignmentWords(state, pane),
  );
  const value = useAppState((state) => valueUnderCursor(state, pane));
  const kind = useAppState((state) => paneState(state, pane).shown?.picture.kind);
  const second = useAppState((state) => state.second);
  const reason = useAppState(({ view, second: found }) =>
    pane === 'a' ? undefined : missingReason(found, pane === 'difference' ? 'plan' : view.picture),
  );
  const failure = useAppState((state) => (pane === 'a' ? undefined : paneState(state, pane).failure));
  const solving = pane !== 'a' && (second.phase === 'forming' || second.phase === 'waiting');
  const problem = reason ?? failure?.message;
  return (
    <div className="pane-head">
      <b className="pane-letter">{LETTERS[pane]}</b>
      {problem !== undefined ? (
        <span className="pane-problem" role="alert">
          {problem}{' '}
          {(second.phase === 'failed' || second.phase === 'stopped' || failure !== undefined) && (
            <button type="button" className="link-button" onClick={actions.again}>
              Try again
            </button>
          )}
        </span>
      ) : solving ? (
        <Busy label="Solving…" progress={second.progress} onCancel={actions.stop} />
      ) : (
        <>
          <span className="pane-words">{words}</span>
          {value !== undefined && kind !== undefined && <small>{VALUE_NAMES[kind]} here</small>}
          <output className="pane-value" aria-label={`${LETTERS[pane]} at the cursor`} aria-live="off">
            {value === undefined ? '' : quantity(value, 3)}
          </output>
        </>
      )}
    </div>
  );
}
