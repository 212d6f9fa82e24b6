/** Inner loops of `gemm`. The entries that are summed are adjacent in both operands. */

/** Multiplies one row of `a` by four of `b`, and by one for the last columns. */
export function multiplyRow(
  out: Float64Array,
  at: number,
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bStart: number,
  bStride: number,
  columns: number,
  inner: number,
  scale: number,
): void {
  let j = 0;
  for (; j + 4 <= columns; j += 4) {
    const b0 = bStart + j * bStride;
    const b1 = b0 + bStride;
    const b2 = b1 + bStride;
    const b3 = b2 + bStride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < inner; k++) {
      const x = a[aAt + k]!;
      s0 += x * b[b0 + k]!;
      s1 += x * b[b1 + k]!;
      s2 += x * b[b2 + k]!;
      s3 += x * b[b3 + k]!;
    }
    out[at + j]! += scale * s0;
    out[at + j + 1]! += scale * s1;
    out[at + j + 2]! += scale * s2;
    out[at + j + 3]! += scale * s3;
  }
  for (; j < columns; j++) {
    const b0 = bStart + j * bStride;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[aAt + k]! * b[b0 + k]!;
    out[at + j]! += scale * sum;
  }
}

/** `multiplyRow` for float32. A copy, because a loop that gets two types of array is several times slower. */
export function multiplyRowBy32(
  out: Float64Array,
  at: number,
  a: Float64Array,
  aAt: number,
  b: Float32Array,
  bStart: number,
  bStride: number,
  columns: number,
  inner: number,
  scale: number,
): void {
  let j = 0;
  for (; j + 4 <= columns; j += 4) {
    const b0 = bStart + j * bStride;
    const b1 = b0 + bStride;
    const b2 = b1 + bStride;
    const b3 = b2 + bStride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < inner; k++) {
      const x = a[aAt + k]!;
      s0 += x * b[b0 + k]!;
      s1 += x * b[b1 + k]!;
      s2 += x * b[b2 + k]!;
      s3 += x * b[b3 + k]!;
    }
    out[at + j]! += scale * s0;
    out[at + j + 1]! += scale * s1;
    out[at + j + 2]! += scale * s2;
    out[at + j + 3]! += scale * s3;
  }
  for (; j < columns; j++) {
    const b0 = bStart + j * bStride;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[aAt + k]! * b[b0 + k]!;
    out[at + j]! += scale * sum;
  }
}

/** Multiplies four rows of `a` by two of `b`: eight sums in registers for six loads. `columns` must be even. */
export function multiplyFourRows(
  out: Float64Array,
  at: number,
  outStride: number,
  a: Float64Array,
  aAt: number,
  aStride: number,
  b: Float64Array,
  bStart: number,
  bStride: number,
  columns: number,
  inner: number,
  scale: number,
): void {
  const a1 = aAt + aStride;
  const a2 = a1 + aStride;
  const a3 = a2 + aStride;
  for (let j = 0; j < columns; j += 2) {
    const b0 = bStart + j * bStride;
    const b1 = b0 + bStride;
    let s00 = 0;
    let s01 = 0;
    let s10 = 0;
    let s11 = 0;
    let s20 = 0;
    let s21 = 0;
    let s30 = 0;
    let s31 = 0;
    for (let k = 0; k < inner; k++) {
      const y0 = b[b0 + k]!;
      const y1 = b[b1 + k]!;
      const x0 = a[aAt + k]!;
      const x1 = a[a1 + k]!;
      const x2 = a[a2 + k]!;
      const x3 = a[a3 + k]!;
      s00 += x0 * y0;
      s01 += x0 * y1;
      s10 += x1 * y0;
      s11 += x1 * y1;
      s20 += x2 * y0;
      s21 += x2 * y1;
      s30 += x3 * y0;
      s31 += x3 * y1;
    }
    let o = at + j;
    out[o]! += scale * s00;
    out[o + 1]! += scale * s01;
    o += outStride;
    out[o]! += scale * s10;
    out[o + 1]! += scale * s11;
    o += outStride;
    out[o]! += scale * s20;
    out[o + 1]! += scale * s21;
    o += outStride;
    out[o]! += scale * s30;
    out[o + 1]! += scale * s31;
  }
}
