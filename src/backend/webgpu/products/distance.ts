import type { DType, Metric } from '../../operations';
import { DTYPE_CODES } from '../dtype';
import { bytesOf, madeUp } from './numbers';
import { entryOf, operandParams, wholeQuads, type Sizes } from './operands';
import type { Product, Trial } from './product';

/** `METRIC` of pairwise_distance.wgsl. */
const METRICS: Readonly<Record<Metric, number>> = { euclidean: 0, squared: 1, cosine: 2 };

/** Describes distances of pairwise_distance.wgsl for the choice of their variant. */
export function distanceProduct(
  sizes: Sizes & { readonly metric: Metric },
  aType: DType,
  bType: DType,
): Product {
  const { rows, columns, inner, metric } = sizes;
  const product: Product = {
    kernel: 'pairwise_distance',
    form: `${metric} ${aType}×${bType}`,
    parameters: {
      A_DTYPE: DTYPE_CODES[aType],
      B_DTYPE: DTYPE_CODES[bType],
      QUADS: inner % 4 === 0 ? 1 : 0,
      WIDE: columns % 4 === 0 ? 1 : 0,
      LEFT_ALONG: 1,
      RIGHT_ALONG: 1,
      DIFFERENCES: 1,
      METRIC: METRICS[metric],
      ZERO_ROWS: metric === 'cosine' ? 1 : 0,
    },
    rows,
    columns,
    inner,
    trial: (...size) => trial(product, metric, aType, bType, wholeQuads(product, ...size)),
  };
  return product;
}

/** Distances of made-up rows. Row i of both matrices is equal, but some rows of either are zeros. */
function trial({ parameters }: Product, metric: Metric, aType: DType, bType: DType, sizes: Sizes): Trial {
  const { rows, columns, inner } = sizes;
  const operands = operandParams({ parameters, ...sizes });
  const start = 3;
  const a = madeUp((rows + start) * inner, aType, 1, (i) => Math.floor(i / inner) % 7 !== 2);
  const b = madeUp(columns * inner, bType, 1, (i) => Math.floor(i / inner) % 11 !== 4);
  const leftAt = entryOf(a.values, inner, true);
  const rightAt = entryOf(b.values, inner, true);
  const factor = 0.5;
  return {
    rows,
    columns,
    data: { a: a.bytes, b: b.bytes, cost: bytesOf(new Float32Array(rows * columns)) },
    out: 'cost',
    params: { ...operands, a_lines: rows + start, band_start: start, columns, factor },
    expected() {
      const values = new Float64Array(rows * columns);
      const errors = new Float64Array(rows * columns);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let squares = 0;
          let [ofLeft, ofRight] = [0, 0];
          for (let k = 0; k < inner; k++) {
            const [x, y] = [leftAt(start + row, k), rightAt(column, k)];
            squares += (x - y) ** 2;
            ofLeft = Math.max(ofLeft, Math.abs(x));
            ofRight = Math.max(ofRight, Math.abs(y));
          }
          const angle = (ofLeft === 0) !== (ofRight === 0) ? 1 : squares / 2;
          const distance = { euclidean: Math.sqrt(squares), squared: squares, cosine: angle }[metric];
          values[row * columns + column] = factor * distance;
          errors[row * columns + column] = 1e-5 * factor * distance;
        }
      return { values, errors };
    },
  };
}
