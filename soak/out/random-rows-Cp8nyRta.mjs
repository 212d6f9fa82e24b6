import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { t as normals } from "./random-DD05fZZx.mjs";
// src/upscale/methods/random-rows.ts
/**
* Draws normal rows and scales them to the parents' row norms, mixed by alpha. Seed, gap and `index` (of the tensor in the
* block) decide the draw. The caller owns the result.
*/
async function randomRows({ backend, seed, gap, alpha }, { previous, next, index }) {
	const [rows, columns] = matrix(previous);
	const values = normals(rows * columns, seedOf(seed, gap, index));
	await scaleRows(backend, values, rows, {
		previous,
		next,
		alpha
	});
	return backend.upload(values, previous.shape, "f32", previous.label);
}
/** Mixes the parts well, because streams of neighbouring seeds must not overlap. */
var seedOf = (seed, gap, tensor) => (seed ^ Math.imul(gap + 1, 2654435761) ^ Math.imul(tensor + 1, 2246822507)) >>> 0;
/** Gives row r of `values` the norm α·‖previous_r‖ + (1 − α)·‖next_r‖. A vector is one row. */
async function scaleRows(backend, values, rows, { previous, next, alpha }) {
	const lower = norms(await backend.read(previous), rows);
	const upper = norms(await backend.read(next), rows);
	const drawn = norms(values, rows);
	const columns = values.length / rows;
	for (let row = 0; row < rows; row++) {
		const scale = (alpha * (lower[row] ?? NaN) + (1 - alpha) * (upper[row] ?? NaN)) / (drawn[row] ?? NaN);
		for (let k = row * columns; k < (row + 1) * columns; k++) values[k] = (values[k] ?? NaN) * scale;
	}
}
/** Euclidean norms of the rows. */
function norms(values, rows) {
	const columns = values.length / rows;
	return Float64Array.from({ length: rows }, (_, row) => {
		let sum = 0;
		for (let k = row * columns; k < (row + 1) * columns; k++) sum += (values[k] ?? NaN) ** 2;
		return Math.sqrt(sum);
	});
}
export { randomRows };

//# sourceMappingURL=random-rows-Cp8nyRta.mjs.map