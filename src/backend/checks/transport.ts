import type {
  CostBand,
  HalfStep,
  Potentials,
  SinkhornIterations,
  Subtrahend,
  Tensor,
  Window,
} from '../operations';
import { HISTORY_ROWS, MIN_WIDTH } from '../anderson';
import { elements, expectShape, matrix } from '../shape';
import { check, checkCount, checkDType, checkFinite, checkTarget, checkValues, describe } from './check';

export interface BandSizes {
  readonly rowStart: number;
  readonly rows: number;
  readonly columns: number;
}

/** Row 0 of the band's cost tensor is row `rowStart` of the matrix. The tensor may have more rows than the band. */
export function bandSizes(operation: string, band: CostBand, potentials?: Potentials): BandSizes {
  const { cost, rowStart, rows } = band;
  checkDType(operation, cost, 'f32');
  checkCount(operation, 'rowStart', rowStart);
  checkCount(operation, 'rows', rows, 1);
  check(cost.shape.length === 2, operation, `a cost matrix`, describe(cost));
  const [held, columns] = matrix(cost);
  check(rows <= held, operation, `a cost tensor of at least ${rows} rows`, describe(cost));
  if (potentials) potentialsOfBand(operation, potentials, rowStart + rows, columns);
  return { rowStart, rows, columns };
}

function checkHalfStep(operation: string, { logMarginal, damping = 1, relaxation = 1 }: HalfStep): void {
  checkFinite(operation, 'logMarginal', logMarginal);
  checkFinite(operation, 'damping', damping);
  checkFinite(operation, 'relaxation', relaxation);
}

export function rowPotentialSizes(
  band: CostBand,
  potentials: Potentials,
  step: HalfStep,
  state: Tensor,
): BandSizes {
  checkHalfStep('rowPotential', step);
  checkTarget('rowPotential', potentials.f, potentials.g, band.cost);
  const sizes = bandSizes('rowPotential', band, potentials);
  checkTarget('rowPotential', state, potentials.f, potentials.g, band.cost);
  expectShape('rowPotential', state, [2, sizes.columns]);
  return sizes;
}

export function columnLogSumSizes(band: CostBand, potentials: Potentials, state: Tensor): BandSizes {
  const sizes = bandSizes('columnLogSum', band, potentials);
  checkTarget('columnLogSum', state, potentials.f, potentials.g, band.cost);
  expectShape('columnLogSum', state, [2, sizes.columns]);
  return sizes;
}

export function columnPotentialSizes(
  state: Tensor,
  potentials: Potentials,
  step: HalfStep,
): { columns: number } {
  checkHalfStep('columnPotential', step);
  checkTarget('columnPotential', potentials.g, state, potentials.f);
  checkDType('columnPotential', state, 'f32');
  const columns = elements(potentials.g.shape);
  expectShape('columnPotential', state, [2, columns]);
  potentialsOfBand('columnPotential', potentials, 0, columns);
  return { columns };
}

export function sinkhornSizes(
  band: CostBand,
  potentials: Potentials,
  state: Tensor,
  { rows, columns, count, tolerance, history }: SinkhornIterations,
): BandSizes {
  const sizes = rowPotentialSizes(band, potentials, rows, state);
  columnPotentialSizes(state, potentials, columns);
  checkCount('sinkhorn', 'count', count, 1);
  checkFinite('sinkhorn', 'tolerance', tolerance);
  if (history) {
    checkTarget('sinkhorn', history, state, potentials.f, potentials.g, band.cost);
    expectShape('sinkhorn', history, [HISTORY_ROWS, Math.max(sizes.columns, MIN_WIDTH)]);
  }
  const all = elements(potentials.f.shape);
  const whole = sizes.rowStart === 0 && sizes.rows === all;
  check(
    whole,
    'sinkhorn',
    `one band of all ${all} rows`,
    `rows ${sizes.rowStart} to ${sizes.rowStart + sizes.rows}`,
  );
  return sizes;
}

export function planRowsSizes(band: CostBand, potentials: Potentials, ground?: Tensor): BandSizes {
  if (ground) {
    checkDType('planRows', ground, 'f32');
    expectShape('planRows', ground, band.cost.shape);
  }
  return bandSizes('planRows', band, potentials);
}

/** `width` is the number of columns of `x` (axis 0) or of its rows (axis 1); `total` is the number of rows of the whole plan. */
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
  checkValues('applyPlan', x);
  checkFinite('applyPlan', 'scale', scale);
  checkTarget('applyPlan', into, x, band.cost, potentials.f, potentials.g);
  const total = elements(potentials.f.shape);
  const [xRows, xColumns] = matrix(x);
  const [intoRows, intoColumns] = matrix(into);
  const [along, width] = axis === 0 ? [xRows, xColumns] : [xColumns, xRows];
  const [intoAlong, intoWidth] = axis === 0 ? [intoRows, intoColumns] : [intoColumns, intoRows];
  check(along === total, 'applyPlan', `x to have ${total} entries along axis ${axis}`, describe(x));
  const fits = intoAlong === sizes.columns && intoWidth === width;
  const expected = axis === 0 ? [sizes.columns, width] : [width, sizes.columns];
  check(fits, 'applyPlan', `a target [${expected.join(', ')}]`, describe(into));
  return { ...sizes, total, width };
}

/** Pixels of a picture, and rows `from … to` of the matrix that are both in window and band (none if `to` ≤ `from`). */
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
  checkTarget('picture', into, band.cost, potentials?.f, potentials?.g);
  if (minus) {
    const other = bandSizes('picture', { ...band, cost: minus.cost }, minus.potentials);
    check(
      other.columns === sizes.columns,
      'picture',
      `to take away ${sizes.columns} columns`,
      describe(minus.cost),
    );
    checkTarget('picture', into, minus.cost, minus.potentials?.f, minus.potentials?.g);
  }
  const [height = 0, width = 0, channels] = into.shape;
  check(into.shape.length === 3 && channels === 2, 'picture', 'a target [h, w, 2]', describe(into));
  const { rowStart, rowEnd, columnStart, columnEnd } = window;
  checkCount('picture', 'rowStart of the window', rowStart);
  checkCount('picture', 'columnStart of the window', columnStart);
  checkCount('picture', 'rowEnd of the window', rowEnd, rowStart + 1);
  checkCount('picture', 'columnEnd of the window', columnEnd, columnStart + 1);
  check(columnEnd <= sizes.columns, 'picture', `columnEnd to be at most ${sizes.columns}`, `${columnEnd}`);
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
  checkDType(operation, f, 'f32');
  checkDType(operation, g, 'f32');
  check(epsilon > 0 && Number.isFinite(epsilon), operation, 'epsilon to be > 0 and finite', `${epsilon}`);
  check(elements(f.shape) >= end, operation, `${f.label} (f) to have at least ${end} entries`, describe(f));
  check(elements(g.shape) === columns, operation, `${g.label} (g) to have ${columns} entries`, describe(g));
}
