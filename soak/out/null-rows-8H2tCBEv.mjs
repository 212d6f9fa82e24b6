import { t as randomSource } from "./random-Ctrb54fu.mjs";
// src/transport/null-rows.ts
/**
* Returns the rows with the entries of each in a random order of its own: norms and values of every row stay, its direction goes.
* Matching against them shows what a plan comes to where there is nothing to align (docs/method.md 5.4).
* @param values row-major `[rows, k]`.
*/
function nullRows(values, rows, seed, draw) {
	const random = randomSource(mixed(seed, draw));
	const drawn = values.slice();
	const width = values.length / rows;
	for (let start = 0; start < drawn.length; start += width) for (let i = width - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		const held = drawn[start + i];
		drawn[start + i] = drawn[start + j];
		drawn[start + j] = held;
	}
	return drawn;
}
/** One seed of two numbers, so that neighbouring draws and seeds begin far apart. */
function mixed(seed, draw) {
	const value = Math.imul(seed ^ 2654435769, 2246822507) ^ Math.imul(draw + 1, 3266489909);
	return (value ^ value >>> 15) >>> 0;
}
export { nullRows as t };

//# sourceMappingURL=null-rows-8H2tCBEv.mjs.map