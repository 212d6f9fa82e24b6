import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
// src/upscale/structured/heads.ts
/** Query heads per key-value head. */
var groupSize = ({ heads, kvHeads }) => heads / kvHeads;
/** 0 … count − 1. */
var range = (count) => Array.from({ length: count }, (_, i) => i);
/** Query heads of a key-value group. */
var headsOf = (layout, group) => range(groupSize(layout)).map((slot) => group * groupSize(layout) + slot);
/** @throws UpscaleError for a head that the tensor does not have. */
function checkHead(tensor, head, heads) {
	if (Number.isInteger(head) && head >= 0 && head < heads) return;
	throw new UpscaleError(`${tensor}: expected a head from 0 to ${heads - 1}, got ${head}. Choose another one.`);
}
/** Row indices of heads: heads [1, 0] with headDim 2 have rows 2, 3, 0, 1. */
function headRows(heads, headDim) {
	return Uint32Array.from({ length: heads.length * headDim }, (_, row) => (heads[Math.floor(row / headDim)] ?? 0) * headDim + row % headDim);
}
// src/upscale/structured/move.ts
/** Moves rows of a matrix, or entries of a vector, head by head. The caller owns the result (f32, shape of `x`). */
async function moveRows(backend, x, map) {
	if (!map.maps) return gatherRows(backend, x, headRows(map.source, map.headDim), 0);
	if (x.shape.length === 1) return moveColumns(backend, x, map);
	const scope = new Scope(backend);
	try {
		const out = scope.own(backend.zeros(x.shape, `${x.label} moved`));
		for (const [head, source] of map.source.entries()) {
			const rows = scope.own(gatherRows(backend, x, headRows([source], map.headDim), 0));
			const moved = scope.own(backend.matmul(mapOf(map, head), rows));
			backend.copyRows(moved, out, head * map.headDim);
			scope.free(rows, moved);
			await backend.settle();
		}
		return scope.release(out);
	} finally {
		scope.free();
	}
}
/** Moves columns head by head and multiplies them by the transpose of the head's map. The caller owns the result. */
async function moveColumns(backend, x, map) {
	const axis = x.shape.length === 1 ? 0 : 1;
	if (!map.maps) return gatherRows(backend, x, headRows(map.source, map.headDim), axis);
	const scope = new Scope(backend);
	try {
		const out = scope.own(backend.zeros(x.shape, `${x.label} moved`));
		for (const [head, source] of map.source.entries()) {
			const columns = scope.own(gatherRows(backend, x, headRows([source], map.headDim), axis));
			const place = {
				orientation: "nt",
				into: out,
				columnOffset: head * map.headDim
			};
			backend.matmul(columns, mapOf(map, head), place);
			scope.free(columns);
			await backend.settle();
		}
		return scope.release(out);
	} finally {
		scope.free();
	}
}
function mapOf({ maps }, head) {
	const map = maps?.[head];
	if (map) return map;
	throw new RangeError(`expected a map for head ${head}, got ${maps?.length ?? 0} maps`);
}
/** Gathers rows (axis 0) or columns (axis 1) of `x` as f32. The caller owns the result. */
function gatherRows(backend, x, rows, axis) {
	const index = backend.upload(rows, [rows.length], "u32", "rows");
	try {
		return backend.gather(x, index, { axis });
	} finally {
		backend.free(index);
	}
}
/** Uploads a diagonal matrix. The caller owns it. */
function diagonal(backend, values) {
	const size = values.length;
	const entries = new Float32Array(size * size);
	for (let i = 0; i < size; i++) entries[i * (size + 1)] = values[i] ?? 0;
	return backend.upload(entries, [size, size], "f32", "diagonal");
}
/** Rows per band for products with a square matrix of that size: keeps the device busy and wastes little work. */
var BAND = 128;
/** Calls `visit` with every band of rows, as f32. The band is freed after the call. */
async function forEachBand(backend, x, visit, signal) {
	const [count] = matrix(x);
	for (let start = 0; start < count; start += BAND) {
		signal?.throwIfAborted();
		const band = gatherRows(backend, x, Uint32Array.from({ length: Math.min(BAND, count - start) }, (_, i) => start + i), 0);
		try {
			visit(band, start);
		} finally {
			backend.free(band);
		}
		await backend.settle();
	}
}
/** Transposes a matrix by exact products of its bands with the identity. The caller owns the result. */
async function transposed(backend, x, signal) {
	const [rows, columns] = matrix(x);
	const scope = new Scope(backend);
	try {
		const out = scope.own(backend.zeros([columns, rows], `${x.label} transposed`));
		await forEachBand(backend, x, (band, start) => {
			const eye = scope.own(diagonal(backend, new Float32Array(matrix(band)[0]).fill(1)));
			backend.matmul(band, eye, {
				orientation: "tn",
				into: out,
				columnOffset: start
			});
			scope.free(eye);
		}, signal);
		return scope.release(out);
	} finally {
		scope.free();
	}
}
/** Multiplies row i by `factors[i]`. The caller owns the result. */
async function scaledRows(backend, x, factors, signal) {
	const scope = new Scope(backend);
	try {
		const out = scope.own(backend.zeros(x.shape, `${x.label} scaled`));
		await forEachBand(backend, x, (band, start) => {
			const scale = scope.own(diagonal(backend, factors.subarray(start, start + matrix(band)[0])));
			const scaled = scope.own(backend.matmul(scale, band));
			backend.copyRows(scaled, out, start);
			scope.free(scale, scaled);
		}, signal);
		return scope.release(out);
	} finally {
		scope.free();
	}
}
export { scaledRows as a, groupSize as c, range as d, moveRows as i, headRows as l, gatherRows as n, transposed as o, moveColumns as r, checkHead as s, diagonal as t, headsOf as u };

//# sourceMappingURL=move-Bcg3-9Em.mjs.map