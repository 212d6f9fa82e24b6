import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { n as CostMatrix } from "./cost-DHFzz3-1.mjs";
import { a as planMeasures, i as applyPlan, n as iterativeSolver } from "./solve-DyyZ3XKO.mjs";
import { n as ROW_MOMENT } from "./operations-Bd7Yv5Ui.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
// src/measures/norms.ts
/** ‖αX + βY‖² of matrices of equal shape. Reads only two numbers per row from the device. */
async function squaredNorm(backend, x, alpha = 1, y, beta) {
	const scope = new Scope(backend);
	try {
		const sum = scope.own(backend.weightedSum(x, alpha, y, beta));
		const [rows, columns] = matrix(sum);
		const moments = await backend.read(scope.own(backend.rowMoments({
			cost: sum,
			rowStart: 0,
			rows
		})));
		let total = 0;
		for (let row = 0; row < rows; row++) {
			const mean = moments[2 * row + ROW_MOMENT.mean] ?? NaN;
			total += (moments[2 * row + ROW_MOMENT.squares] ?? NaN) + columns * mean * mean;
		}
		return total;
	} finally {
		scope.free();
	}
}
/** Frobenius norm of a matrix. */
var norm = async (backend, x) => Math.sqrt(await squaredNorm(backend, x));
/** Σ x·y / (‖X‖·‖Y‖) of two matrices of equal shape; null if one of them is zero. */
async function cosine(backend, x, y) {
	const lengths = await norm(backend, x) * await norm(backend, y);
	if (lengths === 0) return null;
	return (await squaredNorm(backend, x, 1, y, 1) - await squaredNorm(backend, x, 1, y, -1)) / 4 / lengths;
}
/**
* Solves one tensor's problem and measures plan and cost.
* @throws TransportError for an invalid problem or a failed solve; AbortError.
*/
async function measureMatching(backend, { a, b, solver, cost: settings }, signal) {
	const cost = await CostMatrix.build(backend, a, b, {
		cost: settings,
		signal
	});
	try {
		const { rows, columns, mean } = cost;
		const exact = rows === columns && rows <= 512 || solver?.kind === "exact" ? await assign(await cost.readAll(signal), rows, columns, { signal }) : void 0;
		const identityCost = average(await diagonal(backend, cost, signal));
		const score = (value) => mean > 0 ? 1 - value / mean : null;
		const compared = {
			rows,
			...NO_PLAN_NUMBERS,
			exactCost: exact?.cost ?? null,
			identityCost,
			meanCost: mean,
			scoreBefore: score(identityCost)
		};
		if (!solver) return compared;
		const planned = await solveAndMeasure(backend, cost, a, solver, exact, signal);
		return {
			...compared,
			...planned,
			scoreAfter: score(planned.transportCost)
		};
	} finally {
		cost.free();
	}
}
/** The measures of a tensor without a plan. */
var NO_PLAN_NUMBERS = {
	planPerplexity: null,
	marginalError: null,
	converged: null,
	transportCost: null,
	exactCost: null,
	identityCost: null,
	meanCost: null,
	scoreBefore: null,
	scoreAfter: null,
	identityShare: null,
	assignmentAgreement: null,
	normKept: null
};
async function solveAndMeasure(backend, cost, a, solver, exact, signal) {
	if (solver.kind === "exact") {
		const { assignment, cost: transportCost } = exact ?? {
			assignment: /* @__PURE__ */ new Uint32Array(),
			cost: NaN
		};
		return numbersOf(backend, {
			kind: "permutation",
			assignment,
			columns: cost.columns,
			transportCost
		}, a, true, exact, signal);
	}
	const solve = iterativeSolver(backend, cost, solver);
	try {
		await solve.run({ signal });
		return await numbersOf(backend, solve.plan, a, solve.converged, exact, signal);
	} finally {
		solve.free();
	}
}
async function numbersOf(backend, plan, a, converged, exact, signal) {
	const { planPerplexity, marginalError, transportCost, argmax, totalMass } = await planMeasures(backend, plan, signal);
	const moved = await applyPlan(backend, plan, a, 0, "rescaled", signal);
	try {
		return {
			planPerplexity,
			marginalError,
			converged,
			transportCost,
			identityShare: await planTrace(backend, plan, signal) / totalMass,
			assignmentAgreement: exact ? share(argmax, (column, row) => column === exact.assignment[row]) : null,
			normKept: await norm(backend, moved) / await norm(backend, a)
		};
	} finally {
		backend.free(moved);
	}
}
/** trace(T). */
async function planTrace(backend, plan, signal) {
	if (plan.kind === "permutation") return share(plan.assignment, (column, row) => column === row);
	const { cost, potentials } = plan;
	const [f, g] = [await backend.read(potentials.f), await backend.read(potentials.g)];
	let trace = 0;
	for (const [i, value] of (await diagonal(backend, cost, signal)).entries()) trace += Math.exp(((f[i] ?? NaN) + (g[i] ?? NaN) - value) / potentials.epsilon);
	return trace;
}
/** M_ii. */
async function diagonal(backend, cost, signal) {
	const values = new Float64Array(Math.min(cost.rows, cost.columns));
	await cost.forEach(async (band) => {
		const costs = await backend.read(band.cost);
		for (let row = 0; row < band.rows && band.rowStart + row < values.length; row++) values[band.rowStart + row] = costs[row * cost.columns + band.rowStart + row] ?? NaN;
	}, signal);
	return values;
}
var average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
function share(values, holds) {
	let count = 0;
	for (const [index, value] of values.entries()) if (holds(value, index)) count++;
	return count / values.length;
}
export { squaredNorm as a, norm as i, measureMatching as n, cosine as r, NO_PLAN_NUMBERS as t };

//# sourceMappingURL=matching-hL4BFgcM.mjs.map