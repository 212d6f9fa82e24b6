import type { ApplyPlanSizes } from '../../checks/transport';
import type { DType } from '../../operations';
import { DTYPE_CODES } from '../dtype';
import { bytesOf, madeUp } from './numbers';
import { entryOf, wholeQuads, type Sizes } from './operands';
import type { Product, Trial } from './product';

/** Describes a product with a plan of apply_plan.wgsl for the choice of its variant. The summed entries are the band's rows. */
export function planProduct(sizes: ApplyPlanSizes, axis: 0 | 1, xType: DType): Product {
  const { rowStart, rows: inner, columns: targets, total, width } = sizes;
  const [rows, columns] = axis === 0 ? [targets, width] : [width, targets];
  const along = axis === 0 ? [targets, width] : [targets, total, rowStart, inner];
  const product: Product = {
    kernel: 'apply_plan',
    form: `axis ${axis} ${xType}`,
    parameters: {
      A_DTYPE: 0,
      B_DTYPE: DTYPE_CODES[xType],
      QUADS: along.every((length) => length % 4 === 0) ? 1 : 0,
      WIDE: columns % 4 === 0 ? 1 : 0,
      LEFT_ALONG: axis,
      RIGHT_ALONG: 0,
      AXIS: axis,
    },
    rows,
    columns,
    inner,
    trial: (...size) => trial(product, xType, wholeQuads(product, ...size)),
  };
  return product;
}

/** Params of apply_plan.wgsl that are sizes; `total` is the number of rows of the whole plan. */
export function planParams({ parameters, rows, columns, inner }: Omit<Product, 'trial'>, total: number) {
  const ofX = parameters['AXIS'] ? { b_lines: rows, b_length: total } : { b_lines: total, b_length: columns };
  return {
    inner,
    a_lines: inner,
    a_length: parameters['AXIS'] ? columns : rows,
    ...ofX,
    out_stride: columns,
  };
}

/** Adds a product with a band of a plan, not its first, to what is there. */
function trial({ parameters, ...product }: Product, xType: DType, sizes: Sizes): Trial {
  const { rows, columns, inner } = sizes;
  const start = 4;
  const total = inner + 2 * start;
  const targets = parameters['AXIS'] ? columns : rows;
  const [epsilon, scale] = [0.5, -0.75];
  const params = planParams({ ...product, parameters, ...sizes }, total);
  const cost = madeUp(inner * targets, 'f32', 1);
  const x = madeUp(params.b_lines * params.b_length, xType, 2);
  const f = madeUp(total, 'f32', 3);
  const g = madeUp(targets, 'f32', 4);
  const before = madeUp(rows * columns, 'f32', 5);
  const planAt = (i: number, j: number): number => {
    const [ofRow, ofColumn] = [f.values[start + i] ?? NaN, g.values[j] ?? NaN];
    return Math.exp((ofRow + ofColumn - (cost.values[i * targets + j] ?? NaN)) / epsilon);
  };
  const xAt = entryOf(x.values, params.b_length, parameters['AXIS'] === 1);
  const term = (row: number, column: number, i: number): number =>
    parameters['AXIS'] ? xAt(row, start + i) * planAt(i, column) : planAt(i, row) * xAt(column, start + i);
  return {
    rows,
    columns,
    data: { a: cost.bytes, b: x.bytes, f: f.bytes, g: g.bytes, out: bytesOf(before.values.slice()) },
    out: 'out',
    params: { ...params, row_start: start, epsilon, scale },
    expected() {
      const values = Float64Array.from(before.values);
      const errors = new Float64Array(values.length);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const at = row * columns + column;
          let [sum, size] = [0, 1];
          for (let i = 0; i < inner; i++) {
            const product = term(row, column, i);
            sum += product;
            size += Math.abs(product);
          }
          values[at] = (values[at] ?? NaN) + scale * sum;
          errors[at] = 1e-5 * size;
        }
      return { values, errors };
    },
  };
}
