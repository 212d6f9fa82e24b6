import {
  applyPlanSizes,
  bandSizes,
  columnLogSumSizes,
  pictureSizes,
  planRowsSizes,
} from '../checks/transport';
import { PLAN_ROW_WIDTH } from '../operations';
import type { CostBand, Potentials, Subtrahend, Tensor, Window } from '../operations';
import { EXP_WORK } from './grid';
import { planParams, planProduct } from './products/plan';
import { byRows } from './reductions';
import type { Runner } from './runner';

export function rowMoments(runner: Runner, band: CostBand): Tensor {
  const { rows, columns } = bandSizes('rowMoments', band);
  const out = runner.empty([rows, 2], 'row moments');
  runner.run('row_moments', {
    ...byRows(runner, rows, columns),
    tensors: { cost: band.cost, out },
    params: { rows, columns },
    work: 2 * rows * columns,
  });
  return out;
}

export function columnLogSum(runner: Runner, band: CostBand, potentials: Potentials, state: Tensor): void {
  const { rowStart, rows, columns } = columnLogSumSizes(band, potentials, state);
  runner.run('column_log_sum', {
    tensors: { cost: band.cost, f: potentials.f, state },
    params: { row_start: rowStart, rows, columns, epsilon: potentials.epsilon },
    groups: [Math.ceil(columns / 32), 1],
    work: rows * columns * EXP_WORK,
  });
}

export function planRows(runner: Runner, band: CostBand, potentials: Potentials, ground?: Tensor): Tensor {
  const { rowStart, rows, columns } = planRowsSizes(band, potentials, ground);
  const out = runner.empty([rows, PLAN_ROW_WIDTH], 'plan rows');
  const { f, g, epsilon } = potentials;
  runner.run('plan_rows', {
    ...byRows(runner, rows, columns),
    tensors: { cost: band.cost, ground: ground ?? band.cost, f, g, out },
    params: { row_start: rowStart, rows, columns, epsilon },
    work: 2 * rows * columns * EXP_WORK,
  });
  return out;
}

export function applyPlan(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  x: Tensor,
  axis: 0 | 1,
  scale: number,
  into: Tensor,
): void {
  const sizes = applyPlanSizes(band, potentials, x, axis, scale, into);
  const { f, g, epsilon } = potentials;
  const product = planProduct(sizes, axis, x.dtype);
  runner.runProduct({
    product,
    tensors: { a: band.cost, b: x, f, g, out: into },
    params: { ...planParams(product, sizes.total), row_start: sizes.rowStart, epsilon, scale },
    // A thread of the smallest block forms an entry of the plan for every eight that it multiplies.
    work: sizes.rows * (1 + EXP_WORK / 8),
  });
}

export function picture(
  runner: Runner,
  band: CostBand,
  potentials: Potentials | undefined,
  window: Window,
  into: Tensor,
  minus?: Subtrahend,
): void {
  const s = pictureSizes(band, potentials, window, into, minus);
  if (s.from >= s.to) return;
  const other = minus ?? { cost: band.cost };
  runner.run('picture', {
    tensors: {
      cost: band.cost,
      f: potentials?.f ?? band.cost,
      g: potentials?.g ?? band.cost,
      other_cost: other.cost,
      other_f: other.potentials?.f ?? other.cost,
      other_g: other.potentials?.g ?? other.cost,
      out: into,
    },
    params: {
      band_start: s.rowStart,
      band_rows: s.rows,
      columns: s.columns,
      row_start: window.rowStart,
      column_start: window.columnStart,
      window_rows: s.windowRows,
      window_columns: s.windowColumns,
      height: s.height,
      width: s.width,
      is_plan: potentials ? 1 : 0,
      epsilon: potentials?.epsilon ?? 1,
      is_difference: minus ? 1 : 0,
      other_is_plan: other.potentials ? 1 : 0,
      other_epsilon: other.potentials?.epsilon ?? 1,
    },
    groups: [Math.ceil(s.width / 8), Math.ceil(s.height / 8)],
    work: (s.to - s.from) * s.windowColumns * (potentials ? EXP_WORK : 1) * (minus ? 2 : 1),
  });
}
