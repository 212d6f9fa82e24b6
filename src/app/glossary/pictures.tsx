import type { ReactNode } from 'react';
import type { PictureName } from '../../lessons/glossary/terms';

const PLACES = [0, 1, 2, 3] as const;
type Matrix = readonly (readonly number[])[];

const cells = (values: Matrix, size: number, [left, top]: readonly [left: number, top: number]) =>
  PLACES.flatMap((y) =>
    PLACES.map((x) => (
      <rect
        key={`${x} ${y}`}
        x={left + x * size}
        y={top + y * size}
        width={size - 1}
        height={size - 1}
        className="entry-mass"
        opacity={0.08 + 0.92 * (values[y]?.[x] ?? 0)}
      />
    )),
  );

const SOFT = [
  [0.7, 0.2, 0.1, 0.1],
  [0.1, 0.2, 0.8, 0.1],
  [0.2, 0.7, 0.1, 0.2],
  [0.1, 0.1, 0.2, 0.7],
];
const HARD = [
  [1, 0, 0, 0],
  [0, 0, 1, 0],
  [0, 1, 0, 0],
  [0, 0, 0, 1],
];
const SORTED = PLACES.map((row) => PLACES.map((column) => Number(row === column)));
const COSTS = [
  [0.2, 0.7, 0.8, 0.6],
  [0.8, 0.6, 0.1, 0.9],
  [0.6, 0.2, 0.9, 0.5],
  [0.9, 0.8, 0.6, 0.2],
];
const EVEN = PLACES.map(() => PLACES.map(() => 0.25));

const bar = (y: number, kind: 'base' | 'new', text = '') => (
  <g key={y}>
    <rect x={kind === 'new' ? 22 : 10} y={y} width="56" height="10" rx="2" className={`entry-${kind}`} />
    <text x={kind === 'new' ? 50 : 38} y={y + 8} className="entry-on-block">
      {text}
    </text>
  </g>
);
/** Four bars that stand on one line. */
const bars = (heights: readonly number[], left: number) =>
  PLACES.map((i) => (
    <rect
      key={i}
      x={left + 8 * i}
      y={54 - (heights[i] ?? 0)}
      width="6"
      height={heights[i]}
      className="entry-new"
    />
  ));
const arrow = (d: string) => <path d={d} className="entry-line" markerEnd="url(#entry-arrow)" />;
const dots = (xs: readonly number[], y: number, kind: 'base' | 'new' | 'sel') =>
  xs.map((x) => <circle key={x} cx={x} cy={y} r="4" className={`entry-${kind}`} />);

const DRAWINGS: Readonly<Record<PictureName, ReactNode>> = {
  assignment: cells(HARD, 13, [18, 4]),
  block: (
    <>
      {arrow('M20,58V4')}
      <rect x="36" y="36" width="46" height="14" rx="2" className="entry-base" />
      <rect x="36" y="10" width="46" height="14" rx="2" className="entry-base" />
      <text x="59" y="46" className="entry-on-block">
        attention
      </text>
      <text x="59" y="20" className="entry-on-block">
        MLP
      </text>
      <path d="M20,52H32M36,40H24M20,26H32M36,14H24" className="entry-line" />
    </>
  ),
  cost: cells(COSTS, 13, [18, 4]),
  gap: (
    <>
      {bar(4, 'base', '7')}
      {bar(24, 'new', '6|7')}
      {bar(44, 'base', '6')}
    </>
  ),
  group: (
    <>
      {dots([14, 32, 60, 78], 14, 'sel')}
      {dots([23, 69], 46, 'new')}
      <path d="M14,18L23,42M32,18L23,42M60,18L69,42M78,18L69,42" className="entry-line" />
    </>
  ),
  'half-step': (
    <>
      {bars([44, 30, 36, 20], 8)}
      {arrow('M42,32H50')}
      {bars([32, 32, 32, 32], 56)}
      <path d="M4,54H92" className="entry-line" />
    </>
  ),
  order: (
    <>
      {cells(HARD, 9, [2, 12])}
      {arrow('M42,30H50')}
      {cells(SORTED, 9, [56, 12])}
    </>
  ),
  parents: (
    <>
      {bar(4, 'base', 'next')}
      {bar(24, 'new', 'new')}
      {bar(44, 'base', 'previous')}
      {arrow('M84,8Q92,20 80,27')}
      {arrow('M84,50Q92,40 80,32')}
    </>
  ),
  plan: cells(SOFT, 13, [18, 4]),
  sharpness: (
    <>
      {cells(EVEN, 8, [0, 14])}
      {cells(SOFT, 8, [34, 14])}
      {cells(HARD, 8, [68, 14])}
    </>
  ),
  unit: (
    <>
      {dots([18, 48, 78], 12, 'sel')}
      {dots([18, 48, 78], 48, 'base')}
      {dots([48], 30, 'new')}
      <path d="M18,44L48,34M48,44V34M78,44L48,34M48,26L18,16M48,26V16M48,26L78,16" className="entry-line" />
    </>
  ),
  'warm-up': (
    <>
      <path d="M6,54H92M6,54V6" className="entry-line" />
      <path d="M6,54L26,12C50,12 60,46 92,50" className="entry-curve" />
    </>
  ),
  'zero-start': (
    <>
      {arrow('M20,58V4')}
      <rect x="36" y="22" width="46" height="16" rx="2" className="entry-new" />
      <text x="59" y="33" className="entry-on-block">
        new
      </text>
      <path d="M20,46H30L40,38" className="entry-line" />
      <path d="M40,22L30,14H24" className="entry-line dashed" />
      <text x="30" y="9" className="entry-zero">
        + 0
      </text>
    </>
  ),
};

/** A small drawing beside an entry. It repeats what the words say, so it has no name. */
export function TermPicture({ name }: { readonly name: PictureName }) {
  return (
    <svg className="entry-picture" viewBox="0 0 96 60" width="96" height="60" aria-hidden="true">
      <marker
        id="entry-arrow"
        viewBox="0 0 6 6"
        refX="5"
        refY="3"
        markerWidth="5"
        markerHeight="5"
        orient="auto"
      >
        <path d="M0,0L6,3L0,6Z" className="entry-arrow" />
      </marker>
      {DRAWINGS[name]}
    </svg>
  );
}
