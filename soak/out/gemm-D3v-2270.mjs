// src/backend/cpu/kernels.ts
/** Inner loops of `gemm`. The entries that are summed are adjacent in both operands. */
/** Multiplies one row of `a` by four of `b`, and by one for the last columns. */
function multiplyRow(out, at, a, aAt, b, bStart, bStride, columns, inner, scale) {
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
			const x = a[aAt + k];
			s0 += x * b[b0 + k];
			s1 += x * b[b1 + k];
			s2 += x * b[b2 + k];
			s3 += x * b[b3 + k];
		}
		out[at + j] += scale * s0;
		out[at + j + 1] += scale * s1;
		out[at + j + 2] += scale * s2;
		out[at + j + 3] += scale * s3;
	}
	for (; j < columns; j++) {
		const b0 = bStart + j * bStride;
		let sum = 0;
		for (let k = 0; k < inner; k++) sum += a[aAt + k] * b[b0 + k];
		out[at + j] += scale * sum;
	}
}
/** `multiplyRow` for float32. A copy, because a loop that gets two types of array is several times slower. */
function multiplyRowBy32(out, at, a, aAt, b, bStart, bStride, columns, inner, scale) {
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
			const x = a[aAt + k];
			s0 += x * b[b0 + k];
			s1 += x * b[b1 + k];
			s2 += x * b[b2 + k];
			s3 += x * b[b3 + k];
		}
		out[at + j] += scale * s0;
		out[at + j + 1] += scale * s1;
		out[at + j + 2] += scale * s2;
		out[at + j + 3] += scale * s3;
	}
	for (; j < columns; j++) {
		const b0 = bStart + j * bStride;
		let sum = 0;
		for (let k = 0; k < inner; k++) sum += a[aAt + k] * b[b0 + k];
		out[at + j] += scale * sum;
	}
}
/** Multiplies four rows of `a` by two of `b`: eight sums in registers for six loads. `columns` must be even. */
function multiplyFourRows(out, at, outStride, a, aAt, aStride, b, bStart, bStride, columns, inner, scale) {
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
			const y0 = b[b0 + k];
			const y1 = b[b1 + k];
			const x0 = a[aAt + k];
			const x1 = a[a1 + k];
			const x2 = a[a2 + k];
			const x3 = a[a3 + k];
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
		out[o] += scale * s00;
		out[o + 1] += scale * s01;
		o += outStride;
		out[o] += scale * s10;
		out[o + 1] += scale * s11;
		o += outStride;
		out[o] += scale * s20;
		out[o + 1] += scale * s21;
		o += outStride;
		out[o] += scale * s30;
		out[o + 1] += scale * s31;
	}
}
// src/backend/cpu/gemm.ts
var INNER = 512;
var COLUMNS = 64;
/** With fewer rows than this, converting a block to float64 costs more than it saves. */
var FEW = 4;
var leftScratch = new Float64Array(INNER * COLUMNS);
var rightScratch = new Float64Array(INNER * COLUMNS);
/** Returns rows `first …` and columns `from …` of a view as float64 with adjacent entries in a row; copies them if needed. */
function panel(view, first, rows, from, inner, scratch) {
	const { values, row, column } = view;
	const start = view.start + first * row + from * column;
	if (column === 1 && values instanceof Float64Array) return {
		values,
		start,
		stride: row
	};
	const packed = rows * inner <= scratch.length ? scratch : new Float64Array(rows * inner);
	if (column === 1) for (let i = 0; i < rows; i++) for (let k = 0; k < inner; k++) packed[i * inner + k] = values[start + i * row + k];
	else for (let k = 0; k < inner; k++) for (let i = 0; i < rows; i++) packed[i * inner + k] = values[start + i * row + k * column];
	return {
		values: packed,
		start: 0,
		stride: inner
	};
}
/**
* out[start + i·stride + j] += scale · Σ_k a(i, k) b(j, k), for i < rows, j < columns, k < inner. Blocks of both views are copied to
* float64 rows with adjacent entries, so that the inner loops see one type of array.
*/
function gemm(out, start, stride, a, b, rows, columns, inner, scale = 1) {
	for (let k = 0; k < inner; k += INNER) {
		const depth = Math.min(INNER, inner - k);
		const left = panel(a, 0, rows, k, depth, leftScratch);
		if (rows < FEW && b.column === 1 && b.values instanceof Float32Array) {
			for (let i = 0; i < rows; i++) {
				const xAt = left.start + i * left.stride;
				const yAt = b.start + k;
				multiplyRowBy32(out, start + i * stride, left.values, xAt, b.values, yAt, b.row, columns, depth, scale);
			}
			continue;
		}
		for (let j = 0; j < columns; j += COLUMNS) {
			const width = Math.min(COLUMNS, columns - j);
			const even = width - width % 2;
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
					for (let r = 0; r < 4; r++) multiplyRow(out, at + r * stride + even, x, xAt + r * xStride, y, yAt, yStride, width - even, depth, scale);
				}
			}
			for (; i < rows; i++) multiplyRow(out, start + i * stride + j, x, left.start + i * xStride, y, right.start, yStride, width, depth, scale);
		}
	}
}
export { gemm as t };

//# sourceMappingURL=gemm-D3v-2270.mjs.map