import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { CellAddress } from '../../recipe/view';
import { geometry, pictureSide, placeAfterKey } from '../drawing/geometry';
import { drawGrid } from '../drawing/texture';
import type { MapState } from '../store/state/map';
import { useApp, useAppState } from '../store/use-app';
import { quantity } from '../words/numbers';
import { mapColours } from './map-values';
import { ROW_NAMES, axisWords, placeWords } from './words';

type ShownMap = NonNullable<MapState['shown']>;

/** Width in CSS pixels of the margin for title and numbers of an axis, left and above. */
const MARGIN = 44;
/** Minimum distance of two numbers in CSS pixels: the width of their digits and a space. */
const labelRoom = (largest: number) => 10 + 8 * String(largest).length;
/** Milliseconds without movement before a pair is read out, because a moving cursor would be a stream of numbers. */
const REST_MS = 450;

/** Numbers along an edge, as many as fit. */
function Edge({ side, length, map }: { side: 'top' | 'left'; length: number; map: ShownMap }) {
  const { rows: pixels } = map.result;
  const step = Math.max(1, Math.ceil((pixels * labelRoom(map.rows)) / Math.max(1, length)));
  const labels = [];
  for (let at = 0; at < pixels; at += step)
    labels.push(
      <span key={at} style={{ [side === 'top' ? 'left' : 'top']: `${(100 * (at + 0.5)) / pixels}%` }}>
        {Math.floor((at * map.rows) / pixels)}
      </span>,
    );
  return (
    <div className={`map-edge map-edge-${side}`} aria-hidden="true">
      {labels}
    </div>
  );
}

const placed = ({ row, column }: CellAddress, count: number): CSSProperties => ({
  top: `${(100 * row) / count}%`,
  left: `${(100 * column) / count}%`,
  width: `${100 / count}%`,
  height: `${100 / count}%`,
});

/** Says the exact values of a pair. */
function pairWords(map: ShownMap, { row, column }: CellAddress): string {
  const { result, rows, level } = map;
  const at = row * result.columns + column;
  const pooled = result.rows < rows ? ', the mean over these' : '';
  return `${ROW_NAMES[level.kind]} ${placeWords(row, result.rows, rows)} → ${placeWords(column, result.columns, rows)}: distance ${quantity(result.distances[at] ?? Number.NaN, 5)}, ${quantity(result.relative[at] ?? Number.NaN, 4)} of a random matching${pooled}`;
}

/** The map on a canvas, with a cursor that mouse and keyboard move. */
export function MapPicture({ map, stale }: { readonly map: ShownMap; readonly stale: boolean }) {
  const { map: actions } = useApp();
  const value = useAppState((state) => state.view.mapValue);
  const colours = useAppState((state) => state.view.mapColours);
  const chosen = useAppState((state) => state.view.mapCell);
  const depth = useAppState((state) => state.view.mapPath.length);
  const container = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [space, setSpace] = useState(0);
  const [moved, setMoved] = useState<{ key: string; cell: CellAddress | undefined }>();
  const [said, setSaid] = useState('');
  const hint = useId();
  const { result, key, level } = map;
  const axes = axisWords(level);
  const { rows: count } = result;
  const side = pictureSide(Math.max(64, space), count, devicePixelRatio || 1);
  const fits = (cell: CellAddress | null | undefined) =>
    cell && cell.row < count && cell.column < count ? cell : undefined;
  // A cursor of another map does not count.
  const cursor = moved?.key === key ? fits(moved.cell) : undefined;
  const setCursor = (cell: CellAddress | undefined) => setMoved({ key, cell });
  const shown = cursor ?? fits(chosen);

  useEffect(() => {
    if (container.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSpace(Math.min(entry.contentRect.width, entry.contentRect.height || Infinity) - MARGIN);
    });
    observer.observe(container.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current === null) return;
    const { values, scale } = mapColours(map, value, colours);
    drawGrid(canvas.current, { values, width: count, height: count }, scale);
  }, [map, value, colours, count]);

  const words = shown && pairWords(map, shown);
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words ?? ''), REST_MS);
    return () => clearTimeout(timer);
  }, [words]);

  function cellUnder(event: PointerEvent): CellAddress | undefined {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return undefined;
    return geometry(count, count, undefined).cellAt({
      row: Math.floor(((event.clientY - box.top) / box.height) * count),
      column: Math.floor(((event.clientX - box.left) / box.width) * count),
    });
  }

  function openOrChoose(cell: CellAddress): void {
    if (stale) return;
    const again = chosen?.row === cell.row && chosen.column === cell.column;
    if (again && level.kind !== 'neurons') actions.open(cell);
    else actions.choose(cell);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    const at = shown ?? { row: 0, column: 0 };
    if (event.key === 'Enter') openOrChoose(at);
    else if (event.key === 'Escape' && chosen !== null) actions.choose(null);
    else if (event.key === 'Escape' && depth > 0) actions.backTo(depth - 1);
    else {
      const next = placeAfterKey(at, event, { rows: count, columns: count });
      if (next === undefined) return;
      setCursor(next);
    }
    event.preventDefault();
  }

  return (
    <>
      <div ref={container} className="picture-room">
        <div className="map-frame" style={{ width: side + MARGIN, height: side + MARGIN }}>
          <p className="map-axis map-axis-top">{axes.columns} →</p>
          <p className="map-axis map-axis-left">← {axes.rows}</p>
          <Edge side="top" length={side} map={map} />
          <Edge side="left" length={side} map={map} />
          {/* Role application, so that screen readers pass the keys of the cursor through. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
          <div
            className="map-cells"
            style={{ width: side, height: side }}
            role="application"
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            aria-label={`Map of ${ROW_NAMES[level.kind]}s`}
            aria-describedby={hint}
            onPointerMove={(event) => setCursor(cellUnder(event))}
            onPointerLeave={(event) => event.pointerType === 'mouse' && setCursor(undefined)}
            onPointerDown={(event) => {
              const under = cellUnder(event);
              if (under && event.isPrimary && event.button === 0) openOrChoose(under);
            }}
            onKeyDown={onKeyDown}
          >
            <canvas ref={canvas} width={1} height={1} />
            {cursor && <span className="map-mark" style={placed(cursor, count)} />}
            {fits(chosen) && chosen && <span className="map-mark map-chosen" style={placed(chosen, count)} />}
          </div>
        </div>
      </div>
      <p className="map-reading">{words ?? 'Point at a pair, or move there with the arrow keys.'}</p>
      <p className="visually-hidden" role="status" aria-label="Pair on the map">
        {said}
      </p>
      <p id={hint} className="visually-hidden">
        Arrow keys move a cursor from pair to pair, Enter chooses the pair and opens a chosen one, Escape lets
        it go or goes one level up.
      </p>
    </>
  );
}
