import { i as matrix } from "./shape-DKf2iP5J.mjs";
// src/upscale/structured/norms.ts
/** Euclidean row norms `[n, 1]`. The caller owns the result. */
function rowNorms(backend, x) {
	const [rows, columns] = matrix(x);
	const origin = backend.zeros([1, columns], "origin");
	try {
		return backend.pairwiseDistance(x, origin, 0, rows);
	} finally {
		backend.free(origin);
	}
}
/** Reads `rowNorms` to the host. */
async function readRowNorms(backend, x) {
	const norms = rowNorms(backend, x);
	try {
		return await backend.read(norms);
	} finally {
		backend.free(norms);
	}
}
/** Mean Euclidean distance between rows i of both matrices: the transport cost of the identity plan. */
async function meanRowDistance(backend, x, y) {
	const difference = backend.weightedSum(x, 1, y, -1);
	try {
		return mean(await readRowNorms(backend, difference));
	} finally {
		backend.free(difference);
	}
}
var mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export { rowNorms as i, meanRowDistance as n, readRowNorms as r, mean as t };

//# sourceMappingURL=norms-9Z8XIvoo.mjs.map