import { n as NEXT, r as againstText, t as alignmentProblem } from "./alignment-B2qDjTlo.mjs";
import { i as isLayout, n as methodOf, r as flowOf } from "./methods-QHAmL5_U.mjs";
import { n as noNullReason, r as zeroInitOf } from "./resolve-ZTMxOvsq.mjs";
import { t as PLAN_ROW } from "./operations-Bd7Yv5Ui.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { n as CostMatrix } from "./cost-DHFzz3-1.mjs";
import { t as nullRows } from "./null-rows-8H2tCBEv.mjs";
import { a as planMeasures, n as iterativeSolver } from "./solve-DyyZ3XKO.mjs";
import { t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
import { V as progress } from "./cycles.mjs";
// src/measures/null.ts
/**
* Measures a transport problem against its null: the same problem, with the same solver and settings, where the entries of every row of
* `b` are shuffled independently (docs/method.md 5.4). The rows of `b` are read once.
* @throws TransportError for an invalid problem or a failed solve; AbortError.
*/
async function measureNull(backend, problem, { seed, draws, signal, onProgress }) {
	const { b } = problem;
	const real = await outcome(backend, problem, signal);
	onProgress?.(1 / (draws + 1));
	const values = await backend.read(b);
	const drawn = [];
	for (let draw = 0; draw < draws; draw++) {
		const shuffled = nullRows(values, matrix(b)[0], seed, draw);
		const rows = backend.upload(shuffled, b.shape, "f32", `${b.label}, null ${draw}`);
		try {
			drawn.push(await outcome(backend, {
				...problem,
				b: rows
			}, signal));
		} finally {
			backend.free(rows);
		}
		onProgress?.((draw + 2) / (draws + 1));
	}
	const compared = (key, excess) => againstNull(real[key], drawn.flatMap((each) => each[key] ?? []), excess);
	const [rows, columns] = [matrix(problem.a)[0], matrix(b)[0]];
	return {
		rows,
		columns,
		matching: isAffordable(rows, columns) ? "one-to-one" : "by-row",
		matchedMass: compared("matchedMass", (mass, mean) => mass - mean),
		transportCost: compared("transportCost", shareSaved),
		exactCost: compared("exactCost", shareSaved)
	};
}
/** By how much of the null's cost the real one is below it. Where nothing costs anything, nothing is saved. */
var shareSaved = (cost, mean) => mean > 0 ? 1 - cost / mean : 0;
function againstNull(real, draws, excess) {
	if (real === void 0) return null;
	const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
	const squares = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return {
		real,
		mean,
		deviation: Math.sqrt(squares / (draws.length - 1)),
		draws,
		excess: excess(real, mean)
	};
}
/** True if exact assignments are computed, which takes well under a second each. */
var isAffordable = (rows, columns) => rows <= columns && columns <= 512;
async function outcome(backend, { a, b, solver, cost: settings }, signal) {
	const cost = await CostMatrix.build(backend, a, b, {
		cost: settings,
		signal
	});
	try {
		const { rows, columns } = cost;
		const affordable = isAffordable(rows, columns);
		const exactCost = (affordable || solver?.kind === "exact" ? await assign(await cost.readAll(signal), rows, columns, { signal }) : void 0)?.cost;
		if (!solver) return {
			matchedMass: void 0,
			transportCost: void 0,
			exactCost
		};
		if (solver.kind === "exact") return {
			matchedMass: 1,
			transportCost: exactCost,
			exactCost
		};
		const solve = iterativeSolver(backend, cost, solver);
		try {
			await solve.run({ signal });
			const { plan } = solve;
			const { transportCost, totalMass } = await planMeasures(backend, plan, signal);
			return {
				matchedMass: (affordable ? await oneToOneMass(backend, plan, signal) : await byRowMass(backend, plan, signal)) / totalMass,
				transportCost: transportCost / totalMass,
				exactCost
			};
		} finally {
			solve.free();
		}
	} finally {
		cost.free();
	}
}
/** The most mass on one entry of every row and at most one of every column. */
async function oneToOneMass(backend, plan, signal) {
	if (plan.kind === "permutation") return 1;
	const { cost, potentials } = plan;
	const [f, g] = [await backend.read(potentials.f), await backend.read(potentials.g)];
	const { rows, columns } = cost;
	const negated = Float64Array.from(await cost.readAll(signal), (value, k) => {
		const exponent = (f[Math.floor(k / columns)] ?? NaN) + (g[k % columns] ?? NaN) - value;
		return -Math.exp(exponent / potentials.epsilon);
	});
	return -(await assign(negated, rows, columns, { signal })).cost * rows;
}
/** The mass on the largest entry of every row: at least that on the best one-to-one match. */
async function byRowMass(backend, plan, signal) {
	if (plan.kind === "permutation") return 1;
	const scope = new Scope(backend);
	let mass = 0;
	try {
		await plan.cost.forEach(async (band) => {
			const measured = scope.own(backend.planRows(band, plan.potentials));
			const values = await backend.read(measured);
			scope.free(measured);
			for (let row = 0; row < band.rows; row++) mass += Math.exp(values[row * 5 + PLAN_ROW.peak] ?? NaN);
		}, signal);
		return mass;
	} finally {
		scope.free();
	}
}
/** Nulls of one model's alignments by the problem they belong to, which recipes may share. */
var NullCache = class {
	#known = /* @__PURE__ */ new Map();
	/**
	* Measures an alignment against its null, unless it is known.
	* @throws as `alignmentProblem` and `measureNull`; UpscaleError where there is no null (see `noNullReason`).
	*/
	async measure(backend, weights, request, { draws = 5, signal, onProgress }) {
		const key = `${problemKey(request)} ${draws}`;
		const known = this.#known.get(key);
		if (known) return known;
		const problem = await alignmentProblem(backend, weights, request, { signal });
		try {
			const { seed } = request;
			const measured = await measureNull(backend, problem, {
				seed,
				draws,
				signal,
				onProgress
			});
			this.#known.set(key, measured);
			return measured;
		} finally {
			problem.free();
		}
	}
	clear() {
		this.#known.clear();
	}
};
/** Key of what a problem and its null depend on. Methods without plans have the same problems. */
function problemKey(request) {
	const { method: id, gap, tensor, part, against = NEXT, stored = false } = request;
	const method = methodOf(id);
	const own = !isLayout(method) && method.problem ? [request.structured, zeroInitOf(request)] : [];
	const solved = flowOf(method) ? [
		id,
		request.solver,
		own
	] : [];
	const { cost, parents, seed } = request;
	return JSON.stringify([
		gap,
		parents[gap],
		tensor,
		part,
		againstText(against),
		stored,
		cost,
		seed,
		solved
	]);
}
// src/engine/models/null.ts
var MOST_DRAWS = 100;
/** The open model's nulls. */
var nulls = {
	make: () => new NullCache(),
	clear: (kept) => kept.clear()
};
/** Measures the alignments of a gap against their nulls. */
var measureNulls = async (workspace, request, context) => {
	const recipe = parseRecipe(request.recipe);
	const { gap, tensors = PLANNED_TENSORS, part, against, stored, draws = 5 } = request;
	const { backend, weights } = workspace;
	const { signal } = context;
	check(tensors, draws);
	const measures = [];
	for (const [i, tensor] of tensors.entries()) {
		const [start, end] = [i / tensors.length, (i + 1) / tensors.length];
		const reason = noNullReason(recipe, tensor);
		if (reason !== void 0) {
			measures.push({
				tensor,
				reason
			});
			continue;
		}
		const asked = {
			...recipe,
			gap,
			tensor,
			part,
			against,
			stored
		};
		const onProgress = progress(context, "Measuring the null", start, end);
		const measured = await workspace.get(nulls).measure(backend, weights, asked, {
			draws,
			signal,
			onProgress
		});
		onProgress(1);
		measures.push({
			tensor,
			...measured
		});
	}
	return measures;
};
function check(tensors, draws) {
	const unknown = tensors.find((tensor) => !PLANNED_TENSORS.includes(tensor));
	if (unknown !== void 0) throw new RequestError(`null: expected tensors among ${PLANNED_TENSORS.join(", ")}, got ${unknown}`);
	if (Number.isInteger(draws) && draws >= 2 && draws <= MOST_DRAWS) return;
	throw new RequestError(`null: expected 2 to ${MOST_DRAWS} draws, got ${draws}. Leave them out for 5; their spread needs two.`);
}
export { measureNulls, nulls, NullCache as t };

//# sourceMappingURL=null-BiFn6K9t.mjs.map