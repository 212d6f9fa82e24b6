import type { CostBand, Potentials, Subtrahend, Tensor, Window } from '../operations';
import { elements, expectShape, matrix } from '../shape';
import { count, demand, finite, ofType, shown, values, written } from './demand';

export interface BandSizes {
  readonly rowStart: number;
  readonly rows: number;
  readonly columns: number;
}

/** Of a band; row 0 of its cost tensor is row `rowStart` of the matrix, and the tensor may have spare rows at its end. */
export function bandSizes(operation: string, band: CostBand, potentials?: Potentials): BandSizes {
  const { cost, rowStart, rows } = band;
  ofType(operation, cost, 'f32');
  count(operation, 'rowStart', rowStart);
  count(operation, 'rows', rows, 1);
  demand(cost.shape.length === 2, operation, `a cost matrix`, shown(cost));
  const [held, columns] = matrix(cost);
  demand(rows <= held, operation, `a cost tensor of at least ${rows} rows`, shown(cost));
  if (potentials) potentialsOfBand(operation, potentials, rowStart + rows, columns);
  return { rowStart, rows, columns };
}

export function rowPotentialSizes(
  band: CostBand,
  potentials: Potentials,
  logMarginal: number,
  damping: number,
): BandSizes {
  finite('rowPotential', 'logMarginal', logMarginal);
  finite('rowPotential', 'damping', damping);
  written('rowPotential', potentials.f, potentials.g, band.cost);
  return bandSizes('rowPotential', band, potentials);
}

export function columnLogSumSizes(band: CostBand, potentials: Potentials, state: Tensor): BandSizes {
  const sizes = bandSizes('columnLogSum', band, potentials);
  written('columnLogSum', state, potentials.f, potentials.g, band.cost);
  expectShape('columnLogSum', state, [2, sizes.columns]);
  return sizes;
}

export function columnPotentialSizes(
  state: Tensor,
  potentials: Potentials,
  logMarginal: number,
  damping: number,
): { columns: number } {
  finite('columnPotential', 'logMarginal', logMarginal);
  finite('columnPotential', 'damping', damping);
  written('columnPotential', potentials.g, state, potentials.f);
  ofType('columnPotential', state, 'f32');
  const columns = elements(potentials.g.shape);
  expectShape('columnPotential', state, [2, columns]);
  potentialsOfBand('columnPotential', potentials, 0, columns);
  return { columns };
}

export function planRowsSizes(band: CostBand, potentials: Potentials, ground?: Tensor): BandSizes {
  if (ground) {
    ofType('planRows', ground, 'f32');
    expectShape('planRows', ground, band.cost.shape);
  }
  return bandSizes('planRows', band, potentials);
}

/** `width` is the number of columns of `x` (axis 0) or its number of rows (axis 1); `total` is all rows of the plan. */
export interface ApplyPlanSizes extends BandSizes {
  readonly total: number;
  readonly width: number;
}

export function applyPlanSizes(
  band: CostBand,
  potentials: Potentials,
  x: Tensor,
  axis: 0 | 1,
  scale: number,
  into: Tensor,
): ApplyPlanSizes {
  const sizes = bandSizes('applyPlan', band, potentials);
  values('applyPlan', x);
  finite('applyPlan', 'scale', scale);
  written('applyPlan', into, x, band.cost, potentials.f, potentials.g);
  const total = elements(potentials.f.shape);
  const [xRows, xColumns] = matrix(x);
  const [intoRows, intoColumns] = matrix(into);
  const [along, width] = axis === 0 ? [xRows, xColumns] : [xColumns, xRows];
  const [intoAlong, intoWidth] = axis === 0 ? [intoRows, intoColumns] : [intoColumns, intoRows];
  demand(along === total, 'applyPlan', `x to have ${total} entries along axis ${axis}`, shown(x));
  const fits = intoAlong === sizes.columns && intoWidth === width;
  const expected = axis === 0 ? [sizes.columns, width] : [width, sizes.columns];
  demand(fits, 'applyPlan', `a target [${expected.join(', ')}]`, shown(into));
  return { ...sizes, total, width };
}

/** Pixels of a picture, and the window clipped to the band in rows of the matrix (empty when they do not meet). */
export interface PictureSizes extends BandSizes {
  readonly height: number;
  readonly width: number;
  readonly windowRows: number;
  readonly windowColumns: number;
  readonly from: number;
  readonly to: number;
}

export function pictureSizes(
  band: CostBand,
  potentials: Potentials | undefined,
  window: Window,
  into: Tensor,
  minus?: Subtrahend,
): PictureSizes {
  const sizes = bandSizes('picture', band, potentials);
  written('picture', into, band.cost, potentials?.f, potentials?.g);
  if (minus) {
    const other = bandSizes('picture', { ...band, cost: minus.cost }, minus.potentials);
    demand(
      other.columns === sizes.columns,
      'picture',
      `to take away ${sizes.columns} columns`,
      shown(minus.cost),
    );
    written('picture', into, minus.cost, minus.potentials?.f, minus.potentials?.g);
  }
  const [height = 0, width = 0, channels] = into.shape;
  demand(into.shape.length === 3 && channels === 2, 'picture', 'a target [h, w, 2]', shown(into));
  const { rowStart, rowEnd, columnStart, columnEnd } = window;
  count('picture', 'rowStart of the window', rowStart);
  count('picture', 'columnStart of the window', columnStart);
  count('picture', 'rowEnd of the window', rowEnd, rowStart + 1);
  count('picture', 'columnEnd of the window', columnEnd, columnStart + 1);
  demand(columnEnd <= sizes.columns, 'picture', `columnEnd to be at most ${sizes.columns}`, `${columnEnd}`);
  return {
    ...sizes,
    height,
    width,
    windowRows: rowEnd - rowStart,
    windowColumns: columnEnd - columnStart,
    from: Math.max(rowStart, sizes.rowStart),
    to: Math.min(rowEnd, sizes.rowStart + sizes.rows),
  };
}

function potentialsOfBand(
  operation: string,
  { f, g, epsilon }: Potentials,
  end: number,
  columns: number,
): void {
  ofType(operation, f, 'f32');
  ofType(operation, g, 'f32');
  demand(epsilon > 0 && Number.isFinite(epsilon), operation, 'epsilon to be > 0 and finite', `${epsilon}`);
  demand(elements(f.shape) >= end, operation, `${f.label} (f) to have at least ${end} entries`, shown(f));
  demand(elements(g.shape) === columns, operation, `${g.label} (g) to have ${columns} entries`, shown(g));
}
