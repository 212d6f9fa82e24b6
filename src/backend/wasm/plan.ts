import { applyPlanSizes, pictureSizes, planRowsSizes } from '../checks/transport';
import {
  type CostBand,
  PLAN_ROW_WIDTH,
  type Potentials,
  type Subtrahend,
  type Tensor,
  type Window,
} from '../operations';
import { BYTES } from '../shape';
import { fallBack } from './fallback';
import { gemm } from './gemm';
import type { FloatDType } from './kernels/load';
import { EXPONENTIAL_NS } from './work-split';
import type { Runner } from './runner';

export function planRows(runner: Runner, band: CostBand, potentials: Potentials, ground?: Tensor): Tensor {
  const { f, g, epsilon } = potentials;
  runner.check(band.cost, f, g, ground);
  const { rowStart, rows, columns } = planRowsSizes(band, potentials, ground);
  return runner.make([rows, PLAN_ROW_WIDTH], 'planRows', (out) => {
    runner.run(
      'planRows',
      {
        cost: runner.at(band.cost),
        ground: runner.at(ground ?? band.cost),
        columns,
        f: runner.f64Copy(f) + 8 * rowStart,
        g: runner.f64Copy(g),
        potentialF32: runner.at(g),
        inverse: 1 / epsilon,
        out,
      },
      { items: rows, nanoseconds: EXPONENTIAL_NS * columns },
    );
  });
}

/** Bytes of the plan that are computed at a time; at least one row. */
const PLAN_BYTES = 2 ** 22;

export function applyPlan(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  x: Tensor,
  axis: 0 | 1,
  scale: number,
  into: Tensor,
): void {
  const { f, g, epsilon } = potentials;
  runner.check(band.cost, f, g, x, into);
  const sizes = applyPlanSizes(band, potentials, x, axis, scale, into);
  const { rowStart, rows, columns, total, width } = sizes;
  const chunkRows = Math.min(rows, Math.max(1, Math.floor(PLAN_BYTES / (4 * columns))));
  const bytes = BYTES[x.dtype];
  runner.temporary(4 * chunkRows * columns, 'rows of a plan', (plan) => {
    for (let first = 0; first < rows; first += chunkRows) {
      const depth = Math.min(chunkRows, rows - first);
      const from = rowStart + first;
      runner.run(
        'plan',
        {
          cost: runner.at(band.cost) + 4 * first * columns,
          columns,
          f: runner.f64Copy(f) + 8 * from,
          g: runner.f64Copy(g),
          inverse: 1 / epsilon,
          out: plan,
        },
        { items: depth, nanoseconds: EXPONENTIAL_NS * columns },
      );
      const across = { at: plan, dtype: 'f32', storageOrder: 'columnMajor', stride: 4 * columns } as const;
      const part = { dtype: x.dtype as FloatDType, out: runner.target(into), inner: depth, add: true, scale };
      const { dtype, ...product } = part;
      if (axis === 0) {
        const right = {
          at: runner.at(x) + from * width * bytes,
          dtype,
          storageOrder: 'columnMajor',
          stride: width * bytes,
        } as const;
        gemm(runner, {
          ...product,
          left: across,
          right,
          rows: columns,
          columns: width,
          outStride: 4 * width,
        });
      } else {
        const left = {
          at: runner.at(x) + from * bytes,
          dtype,
          storageOrder: 'rowMajor',
          stride: total * bytes,
        } as const;
        gemm(runner, { ...product, left, right: across, rows: width, columns, outStride: 4 * columns });
      }
    }
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
  // A difference is drawn rarely, so the slower fallback and its copy of the cost are good enough.
  if (minus) return void fallBack(runner, 'picture', [band, potentials, window, into, minus]);
  runner.check(band.cost, potentials?.f, potentials?.g, into);
  const sizes = pictureSizes(band, potentials, window, into);
  const { height, width, windowRows, windowColumns, rowStart, columns, from, to } = sizes;
  if (to <= from) return;
  runner.run(
    'picture',
    {
      // Address of the first row that is both in band and window.
      cost: runner.at(band.cost) + 4 * ((from - rowStart) * columns + window.columnStart),
      columns,
      from: from - window.rowStart,
      to: to - window.rowStart,
      shift: from - window.rowStart,
      f: potentials ? runner.at(potentials.f) + 4 * window.rowStart : 0,
      g: potentials ? runner.at(potentials.g) + 4 * window.columnStart : 0,
      epsilon: potentials?.epsilon ?? 1,
      windowRows,
      windowColumns,
      height,
      width,
      out: runner.target(into),
    },
    {
      items: height,
      nanoseconds: (Math.ceil((to - from) / height) + 1) * (EXPONENTIAL_NS * windowColumns + 4 * width),
      scratch: () => 4 * windowColumns,
    },
  );
}
