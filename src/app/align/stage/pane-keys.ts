import type { CellAddress } from '../../../recipe/view';
import type { Geometry } from '../../drawing/geometry';
import { placeAfterKey } from '../../drawing/geometry';
import type { Range } from '../../drawing/window';
import { visibleRegion } from '../../drawing/window';
import type { App } from '../../store/app';
import { shownCell } from '../../store/derived/cell';

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** Zoom factor of one press of + or −. */
const ZOOM_STEP = 1.6;

/** Zooms around the cursor if the window contains it. Returns false for other keys, and with Ctrl, which the browser handles. */
function handleZoomKey(
  { store, camera }: App,
  places: Geometry,
  place: CellAddress | undefined,
  event: Key,
): boolean {
  if (event.ctrlKey) return false;
  if (event.key === '0') {
    camera.goTo(null);
    return true;
  }
  const factor =
    event.key === '+' || event.key === '=' ? ZOOM_STEP : event.key === '-' ? 1 / ZOOM_STEP : undefined;
  if (factor === undefined) return false;
  const { rows, columns } = visibleRegion(store.getState().view.window, places);
  const part = (at: number, { start, end }: Range) =>
    Math.max(0, Math.min(1, (at + 0.5 - start) / (end - start)));
  camera.zoomTo(factor, place && { x: part(place.column, columns), y: part(place.row, rows) });
  return true;
}

/** Handles a key in a picture. Returns false for keys without a meaning there. */
export function handleKey(app: App, places: Geometry, event: Key): boolean {
  if (event.altKey || event.metaKey) return false;
  const { store, cell, camera } = app;
  const state = store.getState();
  const address = shownCell(state);
  const place = address && places.placeOf(address);
  if (event.key === 'Enter' && address !== undefined) {
    cell.pin(address);
    return true;
  }
  if (event.key === 'Escape' && state.view.cell !== null) {
    cell.unpin();
    return true;
  }
  if (handleZoomKey(app, places, place, event)) return true;
  const { rows } = visibleRegion(state.view.window, places);
  const next = placeAfterKey(place ?? { row: 0, column: 0 }, event, places, rows.end - rows.start);
  if (next === undefined) return false;
  cell.visit(places.cellAt(next));
  camera.reveal(next);
  return true;
}
