import type { KeyboardEvent, PointerEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { CellAddress } from '../../recipe/view';
import { useApp, useAppState } from '../store/app';
import { shownCell } from '../store/cell';
import type { AppState } from '../store/state';
import { shownOrder } from '../store/wanted-picture';
import { CellAnnouncer } from './announcer';
import type { Geometry } from './geometry';
import { geometry, pictureSide, placeAfterKey } from './geometry';
import { MASS_DEPTH, drawGrid, drawMass } from './paint';
import { colourScale } from './scale';

/** Room beside and above the picture for the mass bars and the gap to them. */
const MARGIN = MASS_DEPTH + 4;

function geometryOf(state: AppState): Geometry | undefined {
  const { shown } = state.picture;
  return shown && geometry(shown.subject.rows, shown.subject.columns, shownOrder(state));
}

/**
 * The picture on canvas, its mass bars, and the cell cursor. Pictures and cursor are drawn past React: both change many
 * times a second and nothing else on the page does with them.
 */
export function Heatmap() {
  const { store, cell } = useApp();
  const room = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const top = useRef<HTMLCanvasElement>(null);
  const right = useRef<HTMLCanvasElement>(null);
  const cells = useRef<HTMLDivElement>(null);
  const [space, setSpace] = useState(0);
  const columns = useAppState(
    (state) => state.picture.shown?.subject.columns ?? state.align.subject?.columns ?? 128,
  );
  const label = useAppState(
    ({ view, picture }) => `Heatmap of ${picture.shown?.picture.kind ?? 'the plan'} of ${view.tensor}`,
  );
  const hint = useId();

  useEffect(() => {
    if (room.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSpace(Math.min(entry.contentRect.width, entry.contentRect.height || Infinity) - MARGIN);
    });
    observer.observe(room.current);
    return () => observer.disconnect();
  }, []);
  const side = pictureSide(Math.max(64, space), columns, devicePixelRatio || 1);

  useEffect(() => {
    const paint = () => {
      const state = store.getState();
      const { shown } = state.picture;
      if (canvas.current === null || top.current === null || right.current === null) return;
      if (shown === undefined) {
        // Setting the width of a canvas empties it.
        for (const { current } of [canvas, top, right]) if (current !== null) current.width = 1;
        return;
      }
      const { picture, subject } = shown;
      const values = state.view.pooling === 'mean' ? picture.mean : picture.max;
      const order = shownOrder(state);
      const scale = colourScale(picture, subject.rows, state.view);
      drawGrid(canvas.current, { values, width: picture.width, height: picture.height }, scale, order);
      const style = getComputedStyle(document.documentElement);
      const colours = {
        bar: style.getPropertyValue('--line-strong'),
        line: style.getPropertyValue('--muted'),
      };
      drawMass(top.current, picture.columnMass, order?.columns, { side: 'top', length: side }, colours);
      drawMass(right.current, picture.rowMass, order?.rows, { side: 'right', length: side }, colours);
    };
    paint();
    return store.subscribe(
      (state) => [state.picture.shown, shownOrder(state), state.view, state.theme.resolved] as const,
      paint,
      { equalityFn: (a, b) => a.every((value, i) => value === b[i]) },
    );
  }, [store, side]);

  useEffect(() => {
    const place = () => {
      const state = store.getState();
      const at = geometryOf(state);
      const address = shownCell(state);
      if (cells.current === null) return;
      const inside = at && address && address.row < at.rows && address.column < at.columns;
      cells.current.dataset['cursor'] = inside ? (state.view.cell === null ? 'free' : 'pinned') : 'none';
      if (!inside) return;
      const { row, column } = at.placeOf(address);
      const { style } = cells.current;
      style.setProperty('--row', String(row / at.rows));
      style.setProperty('--column', String(column / at.columns));
      style.setProperty('--cell', String(1 / at.rows));
    };
    place();
    return store.subscribe(
      (state) => [shownCell(state), shownOrder(state), state.picture.shown?.subject] as const,
      place,
      { equalityFn: (a, b) => a.every((value, i) => value === b[i]) },
    );
  }, [store]);

  function cellUnder(event: PointerEvent): CellAddress | undefined {
    const at = geometryOf(store.getState());
    const box = canvas.current?.getBoundingClientRect();
    if (at === undefined || box === undefined || box.width === 0) return undefined;
    return at.cellAt({
      row: Math.floor(((event.clientY - box.top) / box.height) * at.rows),
      column: Math.floor(((event.clientX - box.left) / box.width) * at.columns),
    });
  }

  function onPointerMove(event: PointerEvent): void {
    const under = cellUnder(event);
    if (under) cell.point(under);
  }

  function onClick(event: PointerEvent): void {
    const under = cellUnder(event);
    const pinned = store.getState().view.cell;
    if (under === undefined) return;
    cell.pin(pinned?.row === under.row && pinned.column === under.column ? undefined : under);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const state = store.getState();
    const at = geometryOf(state);
    if (at === undefined || event.altKey || event.metaKey) return;
    const address = shownCell(state);
    if (event.key === 'Enter' && address !== undefined) cell.pin(address);
    else if (event.key === 'Escape' && state.view.cell !== null) cell.unpin();
    else {
      const place = address ? at.placeOf(address) : { row: 0, column: 0 };
      const next = placeAfterKey(place, event, at);
      if (next === undefined) return;
      cell.visit(at.cellAt(next));
    }
    event.preventDefault();
  }

  return (
    <div ref={room} className="picture-room">
      <div className="picture-frame" style={{ width: side + MARGIN, height: side + MARGIN }}>
        <canvas ref={top} className="mass mass-top" style={{ width: side }} aria-hidden="true" />
        {/* An application: it has its own cursor and keys, which a reader must pass through to it. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <div
          ref={cells}
          className="cells"
          style={{ width: side, height: side }}
          role="application"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label={label}
          aria-describedby={hint}
          data-cursor="none"
          onPointerMove={onPointerMove}
          onPointerDown={(event) => event.isPrimary && event.button === 0 && onClick(event)}
          onKeyDown={onKeyDown}
        >
          <canvas ref={canvas} width={1} height={1} />
          <span className="cross cross-row" />
          <span className="cross cross-column" />
          <span className="cross-cell" />
        </div>
        <canvas ref={right} className="mass mass-right" style={{ height: side }} aria-hidden="true" />
      </div>
      <p id={hint} className="visually-hidden">
        Arrow keys move a cell cursor, Enter pins the cell, Escape lets it go. The inspector shows the cell’s
        numbers.
      </p>
      <CellAnnouncer />
    </div>
  );
}
