import { multiplyFourRows, multiplyRow, multiplyRowBy32 } from './kernels';

/**
 * A matrix with strides: entry (i, k) is values[start + i·row + k·column]. Swapping the strides transposes it.
 */
export interface View {
  readonly values: Float64Array | Float32Array;
  readonly start: number;
  readonly row: number;
  readonly column: number;
}

const INNER = 512;
const COLUMNS = 64;
/** With fewer rows than this, converting a block to float64 costs more than it saves. */
const FEW = 4;

// Reused in all calls, because allocating a block costs more than filling it.
const leftScratch = new Float64Array(INNER * COLUMNS);
const rightScratch = new Float64Array(INNER * COLUMNS);

interface Panel {
  values: Float64Array;
  start: number;
  /** Entries from row to row; entries of a row are adjacent. */
  stride: number;
}

/** Returns rows `first …` and columns `from …` of a view as float64 with adjacent entries in a row; copies them if needed. */
function panel(
  view: View,
  first: number,
  rows: number,
  from: number,
  inner: number,
  scratch: Float64Array,
): Panel {
  const { values, row, column } = view;
  const start = view.start + first * row + from * column;
  if (column === 1 && values instanceof Float64Array) return { values, start, stride: row };
  const packed = rows * inner <= scratch.length ? scratch : new Float64Array(rows * inner);
  if (column === 1) {
    // A loop, because TypedArray.set is slow between different element types.
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inner; k++) packed[i * inner + k] = values[start + i * row + k]!;
    }
  } else {
    for (let k = 0; k < inner; k++) {
      for (let i = 0; i < rows; i++) packed[i * inner + k] = values[start + i * row + k * column]!;
    }
  }
  return { values: packed, start: 0, stride: inner };
}

/**
 * out[start + i·stride + j] += scale · Σ_k a(i, k) b(j, k), for i < rows, j < columns, k < inner. Blocks of both views are copied to
 * float64 rows with adjacent entries, so that the inner loops see one type of array.
 */
export function gemm(
  out: Float64Array,
  start: number,
  stride: number,
  a: View,
  b: View,
  rows: number,
  columns: number,
  inner: number,
  scale = 1,
): void {
  for (let k = 0; k < inner; k += INNER) {
    const depth = Math.min(INNER, inner - k);
    const left = panel(a, 0, rows, k, depth, leftScratch);
    if (rows < FEW && b.column === 1 && b.values instanceof Float32Array) {
      for (let i = 0; i < rows; i++) {
        const xAt = left.start + i * left.stride;
        const yAt = b.start + k;
        multiplyRowBy32(
          out,
          start + i * stride,
          left.values,
          xAt,
          b.values,
          yAt,
          b.row,
          columns,
          depth,
          scale,
        );
      }
      continue;
    }
    for (let j = 0; j < columns; j += COLUMNS) {
      const width = Math.min(COLUMNS, columns - j);
      const even = width - (width % 2);
      const right = panel(b, j, width, k, depth, rightScratch);
      const { values: x, stride: xStride } = left;
      const { values: y, stride: yStride } = right;
      let i = 0;
      for (; i + 4 <= rows; i += 4) {
        const at = start + i * stride + j;
        const xAt = left.start + i * xStride;
        multiplyFourRows(out, at, stride, x, xAt, xStride, y, right.start, yStride, even, depth, scale);
        if (even < width) {
          const yAt = right.start + even * yStride;
          for (let r = 0; r < 4; r++) {
            multiplyRow(
              out,
              at + r * stride + even,
              x,
              xAt + r * xStride,
              y,
              yAt,
              yStride,
              width - even,
              depth,
              scale,
            );
          }
        }
      }
      for (; i < rows; i++) {
        const at = start + i * stride + j;
        multiplyRow(out, at, x, left.start + i * xStride, y, right.start, yStride, width, depth, scale);
      }
    }
  }
}
