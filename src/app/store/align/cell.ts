import type { Cell, CellRequest } from '../../../engine/jobs';
import type { CellAddress } from '../../../recipe/view';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownCell } from '../derived/cell';
import { shownHalfStep } from '../derived/half-step';
import { secondHalfStep } from '../derived/second';
import { notify } from '../session/notices';
import type { WithAlign } from '../state/align';
import type { WithCell } from '../state/cell';
import type { WithNotices } from '../state/notices';
import type { WithPicture } from '../state/picture';
import type { WithSecond } from '../state/second';
import type { WithView } from '../state/view';
import { now } from '../../../now';

type Needs = WithAlign & WithView & WithPicture & WithCell & WithNotices & WithSecond;

/** In matrices with more rows the strongest pair is not searched unasked. */
const SEARCHED_ROWS = 4096;

/** Interval of updates while only the half-step changes, as in playback; pictures have priority. */
const INTERVAL_MS = 200;

const samePair = (a: Pick<Cell, 'key' | 'row' | 'column'>, b: typeof a) =>
  a.key === b.key && a.row === b.row && a.column === b.column;

const pair = (row: number | undefined, column: number | undefined): CellAddress | undefined =>
  row === undefined || column === undefined ? undefined : { row, column };

function requestedCell(state: Needs): CellRequest | undefined {
  const { align, view } = state;
  const address = shownCell(state);
  if (address === undefined || align.key === undefined || align.subject === undefined) return undefined;
  if (view.tab !== 'align' || align.phase !== 'ready') return undefined;
  if (address.row >= align.subject.rows || address.column >= align.subject.columns) return undefined;
  const request = { key: align.key, row: address.row, column: address.column };
  return align.result?.plan === 'entropic' ? { ...request, halfStep: shownHalfStep(state) } : request;
}

/** The same cell of the second alignment; undefined while that is not on show, or if it has no such cell. */
function requestedSecondCell(state: Needs): CellRequest | undefined {
  const { second, view } = state;
  const address = shownCell(state);
  if (view.tab !== 'align' || view.panes === 'off' || view.panes === 'a') return undefined;
  if (second.phase !== 'ready' || second.key === undefined || second.subject === undefined) return undefined;
  if (address === undefined || address.row >= second.subject.rows || address.column >= second.subject.columns)
    return undefined;
  const request = { key: second.key, row: address.row, column: address.column };
  return second.result?.plan === 'entropic' ? { ...request, halfStep: secondHalfStep(state) } : request;
}

/** Actions of the cell cursor and the pin. Fetches the numbers of the cell on show. */
export function createCell({ engine, store }: Context<Needs>) {
  /** Keeps one field of the state at the numbers of the requested cell. */
  function follow(field: 'result' | 'second', requested: (state: Needs) => CellRequest | undefined): void {
    const fetcher = new CoalescingFetcher<CellRequest, Cell>(
      (request) => engine.run('cell', request),
      (request, result) => {
        if (result === undefined || request.key !== requested(store.getState())?.key) return;
        const before = store.getState().cell[field];
        // Weights do not change between half-steps. Reusing the arrays avoids drawing them again.
        const { rowWeights, columnWeights } = before && samePair(before, result) ? before : result;
        patch(store, 'cell', { [field]: { ...result, rowWeights, columnWeights } });
      },
    );
    let last: CellRequest | undefined;
    let requestedAt = -Infinity;
    let timer: ReturnType<typeof setTimeout> | undefined;

    function fetchCell(): void {
      last = requested(store.getState());
      requestedAt = now();
      fetcher.request(last);
    }

    store.subscribe(
      (state) => JSON.stringify(requested(state)),
      () => {
        clearTimeout(timer);
        const wanted = requested(store.getState());
        const sameCell = wanted !== undefined && last !== undefined && samePair(wanted, last);
        if (sameCell) timer = setTimeout(fetchCell, Math.max(0, requestedAt + INTERVAL_MS - now()));
        else fetchCell();
      },
    );
  }
  follow('result', requestedCell);
  follow('second', requestedSecondCell);

  /** Model, gap, tensor and head that the cursor is in. */
  let placed: string | undefined;
  const finding = new LatestTask();

  /** Puts the cursor on the strongest pair of neurons that it has not been in, so that the inspector speaks of a pair that means something. */
  function place(): void {
    const state = store.getState();
    const { result, subject } = state.align;
    if (result === undefined || subject === undefined) return;
    const { modelId, gap, tensor, part, rows, columns } = subject;
    const where = JSON.stringify([modelId, gap, tensor, part]);
    const address = shownCell(state);
    const inside = address !== undefined && address.row < rows && address.column < columns;
    if (inside && (state.view.cell !== null || placed === where)) {
      placed = where;
      return;
    }
    const { order } = state.picture;
    const matched = order?.name === 'matched' && order.key === result.key ? order.order : undefined;
    if (state.view.order === 'matched' && matched === undefined) return;
    placed = where;
    const first = pair(matched?.rows[0] ?? 0, matched?.columns[0] ?? result.argmax[0]);
    if (matched === undefined && rows <= SEARCHED_ROWS) void goToStrongest(result.key, first);
    else patch(store, 'cell', { cursor: first });
  }

  /** @param instead where to go if no pair can be found. */
  async function goToStrongest(key: string, instead: CellAddress | undefined): Promise<void> {
    const { cursor } = store.getState().cell;
    await finding.run(async (signal) => {
      const found = await engine.run('strongest', { key, count: 1 }, { signal }).catch(() => undefined);
      const { align, cell } = store.getState();
      // Whoever has moved on meanwhile stays there.
      if (signal.aborted || align.key !== key || cell.cursor !== cursor) return;
      patch(store, 'cell', { cursor: pair(found?.rows[0], found?.columns[0]) ?? instead });
    });
  }

  store.subscribe(({ align, picture }) => [align.result, picture.order] as const, place, {
    equalityFn: (a, b) => a.every((value, i) => value === b[i]),
  });

  // A link may pin a cell outside this tensor.
  store.subscribe(
    (state) => state.align.result,
    (result) => {
      const { cell } = store.getState().view;
      if (result === undefined || cell === null || (cell.row < result.rows && cell.column < result.columns))
        return;
      patch(store, 'view', { cell: null });
      const size = `${result.rows} × ${result.columns}`;
      notify(
        store,
        'info',
        'The pinned cell was let go',
        `Cell ${cell.row}.${cell.column} is outside this ${size} matrix.`,
      );
    },
  );

  return {
    point(cursor: CellAddress): void {
      const before = store.getState().cell.cursor;
      if (before?.row !== cursor.row || before.column !== cursor.column) patch(store, 'cell', { cursor });
    },

    pin(address: CellAddress | undefined): void {
      patch(store, 'view', { cell: address ?? null });
      if (address !== undefined) patch(store, 'cell', { cursor: address });
    },

    unpin(): void {
      patch(store, 'view', { cell: null });
    },

    /** Moves the cursor, and the pin if there is one, to a cell. */
    visit(address: CellAddress): void {
      patch(store, 'cell', { cursor: address });
      if (store.getState().view.cell !== null) patch(store, 'view', { cell: address });
    },
  };
}
