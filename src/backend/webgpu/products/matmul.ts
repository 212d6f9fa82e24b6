import type { MatmulSizes } from '../../checks/matrix';
import type { DType } from '../../operations';
import { DTYPE_CODES } from '../dtype';
import { bytesOf, madeUp } from './numbers';
import { entryOf, operandParams, wholeQuads, type Sizes } from './operands';
import type { Product, Trial } from './product';

/** Describes a product of matmul.wgsl for the choice of its variant. */
export function matmulProduct(sizes: MatmulSizes, aType: DType, bType: DType): Product {
  const { orientation, rows, columns, inner, stride, columnOffset } = sizes;
  const leftAlong = orientation !== 'tn';
  const rightAlong = orientation === 'nt';
  const inQuads = (leftAlong ? inner : rows) % 4 === 0 && (rightAlong ? inner : columns) % 4 === 0;
  const wide = columns % 4 === 0 && stride % 4 === 0 && columnOffset % 4 === 0;
  const product: Product = {
    kernel: 'matmul',
    form: `${orientation} ${aType}×${bType}`,
    parameters: {
      A_DTYPE: DTYPE_CODES[aType],
      B_DTYPE: DTYPE_CODES[bType],
      QUADS: inQuads ? 1 : 0,
      WIDE: wide ? 1 : 0,
      LEFT_ALONG: leftAlong ? 1 : 0,
      RIGHT_ALONG: rightAlong ? 1 : 0,
    },
    rows,
    columns,
    inner,
    trial: (...size) => trial(product, aType, bType, wholeQuads(product, ...size)),
  };
  return product;
}

/** Adds a bias to a product and both to what is there, in columns of a wider matrix. */
function trial({ parameters }: Product, aType: DType, bType: DType, sizes: Sizes): Trial {
  const { rows, columns, inner } = sizes;
  const offset = parameters['WIDE'] ? 4 : 1;
  const stride = columns + 2 * offset;
  const a = madeUp(rows * inner, aType, 1);
  const b = madeUp(inner * columns, bType, 2);
  const bias = madeUp(columns, 'f32', 3);
  const before = madeUp(rows * stride, 'f32', 4);
  const operands = operandParams({ parameters, ...sizes });
  const leftAt = entryOf(a.values, operands.a_length, parameters['LEFT_ALONG'] === 1);
  const rightAt = entryOf(b.values, operands.b_length, parameters['RIGHT_ALONG'] === 1);
  return {
    rows,
    columns,
    data: { a: a.bytes, b: b.bytes, bias: bias.bytes, out: bytesOf(before.values.slice()) },
    out: 'out',
    params: {
      ...operands,
      out_stride: stride,
      out_offset: offset,
      has_bias: 1,
      bias_dtype: DTYPE_CODES.f32,
      accumulate: 1,
    },
    expected() {
      const values = Float64Array.from(before.values);
      const errors = new Float64Array(values.length);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const at = row * stride + offset + column;
          let sum = 0;
          let size = 2;
          for (let k = 0; k < inner; k++) {
            const term = leftAt(row, k) * rightAt(column, k);
            sum += term;
            size += Math.abs(term);
          }
          values[at] = (values[at] ?? NaN) + (bias.values[column] ?? NaN) + sum;
          errors[at] = 4e-6 * size;
        }
      return { values, errors };
    },
  };
}
