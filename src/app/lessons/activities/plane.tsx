import { type PointerEvent, useRef, useState } from 'react';
import type { Cell } from '../../../lessons/by-hand/painted';
import {
  HEIGHT,
  type Matrix,
  type Point,
  SIZE,
  SOURCES,
  TARGETS,
  columnSums,
  rowSums,
  sourceName,
  targetName,
} from '../../../lessons/by-hand/problem';

/** Drawing units across the picture, and sizes in them. */
const WIDTH = 100;
const RADIUS = 4;
const RING = 5.4;
const THICKEST = 3.4;
const REACH = 8;
/** Room at the sides for rings of points at the edge. */
const MARGIN = 1.5;

const at = ({ x, y }: Point): Point => ({ x: x * WIDTH, y: y * WIDTH });

interface PlaneProps {
  /** T·n: 1 is all the mass of a source. */
  readonly shares: Matrix;
  readonly label: string;
  readonly selected?: Cell;
  /** Called when a line is drawn by hand from a source to a target, in either direction. */
  readonly onPour?: (cell: Cell) => void;
}

interface Drag {
  readonly side: 'source' | 'target';
  readonly index: number;
  readonly to: Point;
}

function nearest(points: readonly Point[], to: Point): number | undefined {
  const distances = points.map(at).map(({ x, y }) => Math.hypot(x - to.x, y - to.y));
  const least = Math.min(...distances);
  return least < REACH ? distances.indexOf(least) : undefined;
}

/** Less too much than this cannot be told from nothing. */
const TOO_MUCH = 1.02;

/** A ring around a point, as long as the share of its mass that lies in the plan; red where that is too much. */
function Ring({ point: { x, y }, share }: { point: Point; share: number }) {
  return (
    <circle
      className="ring"
      cx={x}
      cy={y}
      r={RING}
      pathLength={1}
      strokeDasharray={`${Math.min(1, share)} 1`}
      transform={`rotate(-90 ${x} ${y})`}
      data-over={share > TOO_MUCH}
    />
  );
}

/** Sources and targets in the plane, with lines as thick as the mass that goes along them. */
export function Plane({ shares, label, selected, onPour }: PlaneProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const [rows, columns] = [rowSums(shares), columnSums(shares)];

  function pointOf({ clientX, clientY }: PointerEvent): Point {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    const unit = box.width / (WIDTH + 2 * MARGIN);
    return { x: (clientX - box.left) / unit - MARGIN, y: (clientY - box.top) / unit };
  }

  function begin(event: PointerEvent<SVGSVGElement>): void {
    if (onPour === undefined || event.button !== 0) return;
    const to = pointOf(event);
    const source = nearest(SOURCES, to);
    const target = nearest(TARGETS, to);
    if (source !== undefined) setDrag({ side: 'source', index: source, to });
    else if (target !== undefined) setDrag({ side: 'target', index: target, to });
    else return;
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  function end(event: PointerEvent): void {
    if (drag === undefined) return;
    const other = nearest(drag.side === 'source' ? TARGETS : SOURCES, pointOf(event));
    setDrag(undefined);
    if (other === undefined) return;
    onPour?.(
      drag.side === 'source' ? { row: drag.index, column: other } : { row: other, column: drag.index },
    );
  }

  const from = drag && at((drag.side === 'source' ? SOURCES : TARGETS)[drag.index] ?? { x: 0, y: 0 });
  const pairs = SOURCES.flatMap((source, row) =>
    TARGETS.map((target, column) => ({
      key: row * SIZE + column,
      a: at(source),
      b: at(target),
      share: shares[row]?.[column] ?? 0,
      chosen: selected?.row === row && selected.column === column,
    })),
  );
  return (
    <svg
      ref={svg}
      className="plane"
      viewBox={`${-MARGIN} 0 ${WIDTH + 2 * MARGIN} ${HEIGHT * WIDTH}`}
      role="img"
      aria-label={label}
      data-active={onPour !== undefined}
      onPointerDown={begin}
      onPointerMove={(event) => drag && setDrag({ ...drag, to: pointOf(event) })}
      onPointerUp={end}
      onPointerCancel={() => setDrag(undefined)}
    >
      {pairs.map(({ key, a, b, share, chosen }) => (
        <line
          key={key}
          className="flow"
          x1={a.x}
          y1={a.y}
          x2={b.x}
          y2={b.y}
          strokeWidth={share * THICKEST}
          data-none={share < 1e-3}
          data-chosen={chosen}
        />
      ))}
      {pairs
        .filter(({ chosen }) => chosen)
        .map(({ key, a, b }) => (
          <line key={key} className="chosen" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
        ))}
      {from && drag && <line className="drag" x1={from.x} y1={from.y} x2={drag.to.x} y2={drag.to.y} />}
      {TARGETS.map(at).map((point, column) => (
        <g key={targetName(column)} className="target">
          <Ring point={point} share={columns[column] ?? 0} />
          <rect
            x={point.x - RADIUS * 0.9}
            y={point.y - RADIUS * 0.9}
            width={RADIUS * 1.8}
            height={RADIUS * 1.8}
            rx={1}
          />
          <text x={point.x} y={point.y}>
            {targetName(column)}
          </text>
        </g>
      ))}
      {SOURCES.map(at).map((point, row) => (
        <g key={sourceName(row)} className="source">
          <Ring point={point} share={rows[row] ?? 0} />
          <circle cx={point.x} cy={point.y} r={RADIUS} />
          <text x={point.x} y={point.y}>
            {sourceName(row)}
          </text>
        </g>
      ))}
    </svg>
  );
}
