import { pairwiseDistanceSizes } from '../checks/matrix';
import type { Tensor } from '../operations';
import type { Store } from './storage';

export function pairwiseDistance(
  store: Store,
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
): Tensor {
  store.check(a, b, into);
  const { columns, inner } = pairwiseDistanceSizes(a, b, rowStart, rows, into);
  const result = into ?? store.zeros([rows, columns], 'pairwiseDistance');
  const out = store.target(result);
  const x = store.wide(a);
  const y = store.wide(b);
  for (let i = 0; i < rows; i++) {
    const xAt = (rowStart + i) * inner;
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const y0 = j * inner;
      const y1 = y0 + inner;
      const y2 = y1 + inner;
      const y3 = y2 + inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < inner; k++) {
        const value = x[xAt + k]!;
        const d0 = value - y[y0 + k]!;
        const d1 = value - y[y1 + k]!;
        const d2 = value - y[y2 + k]!;
        const d3 = value - y[y3 + k]!;
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
      }
      const at = i * columns + j;
      out[at] = Math.sqrt(s0);
      out[at + 1] = Math.sqrt(s1);
      out[at + 2] = Math.sqrt(s2);
      out[at + 3] = Math.sqrt(s3);
    }
    for (; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const d = x[xAt + k]! - y[j * inner + k]!;
        sum += d * d;
      }
      out[i * columns + j] = Math.sqrt(sum);
    }
  }
  return result;
}
