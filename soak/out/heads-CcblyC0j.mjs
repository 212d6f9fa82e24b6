import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { n as CostMatrix } from "./cost-DHFzz3-1.mjs";
import { t as groupCosts } from "./group-costs-B_Iz6gFJ.mjs";
import { r as solve } from "./solve-DyyZ3XKO.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as companionsOf } from "./companions-D42Oqiux.mjs";
import { n as flowSolver, t as flowCost } from "./matching-BvFRYSX9.mjs";
import { i as moveRows, l as headRows, n as gatherRows, s as checkHead } from "./move-Bcg3-9Em.mjs";
import { t as headPlans } from "./head-plans-C2e8Yvpl.mjs";
import { problem } from "./problem-g6fxmRc1.mjs";
// src/upscale/activations/heads.ts
/**
* Assigns a head of `a` to every head of `b`, exactly. The cost of two heads is the mean cost of the best assignment of
* their rows.
* @throws TransportError; AbortError.
*/
async function assignHeads(backend, { a, b, heads, cost: settings }, signal) {
	const cost = await CostMatrix.build(backend, a, b, {
		cost: settings,
		signal
	});
	try {
		const { distances } = await groupCosts(backend, cost, heads, { signal });
		const { assignment } = await assign(distances, heads, heads, { signal });
		const source = new Uint32Array(heads);
		for (const [from, to] of assignment.entries()) source[to] = from;
		return source;
	} finally {
		cost.free();
	}
}
/** Reorders the heads of `a` to match those of `b` (`source`: the head of `a` for each of `b`). The caller frees `ordered`. */
async function reorderHeads(backend, rows, signal) {
	const source = await assignHeads(backend, rows, signal);
	return {
		ordered: gatherRows(backend, rows.a, headRows(source, rows.headDim), 0),
		source
	};
}
/**
* Fuses q, k or v by activations: assigns whole heads, then solves one plan per pair of heads. The summary covers all these
* plans; its `rows` is the number of rows of one head.
*/
async function fuseHeads(context, assembly, compared, { tensor, heads, flow }) {
	const { backend, previous, config, gap, signal } = context;
	const { headDim } = config;
	const cost = flowCost(flow, context.cost);
	const scope = new Scope(backend);
	try {
		const { ordered, source } = await reorderHeads(backend, {
			...compared,
			heads,
			headDim,
			cost
		}, signal);
		const rows = {
			a: scope.own(ordered),
			b: compared.b
		};
		const solver = flowSolver(flow, context);
		const { maps, numbers } = await headPlans(backend, rows, ({ a, b }) => solve(backend, a, b, solver, {
			cost,
			signal,
			solutions: context.solutions
		}), {
			heads,
			headDim,
			scale: flow.rescaled ? "rescaled" : 1,
			signal
		});
		for (const map of maps) scope.own(map);
		assembly.addPlan({
			gap,
			tensor,
			rows: headDim,
			...numbers
		});
		const keys = [`${tensor}.weight`, ...companionsOf(config, tensor)];
		for (const key of keys.filter((name) => previous.has(name))) {
			const moved = scope.own(await moveRows(backend, blockTensor(previous, key), {
				headDim,
				source,
				maps
			}));
			await assembly.fuse(key, moved, blockTensor(assembly.next, key));
			scope.free(moved);
		}
	} finally {
		scope.free();
	}
}
/**
* Builds the problem of q, k or v by activations. Without `part`: all rows, with the heads of `a` ordered and no single
* plan. With `part`: the rows of this head of the next block, which have a plan.
* @throws UpscaleError if the head does not exist.
*/
async function headsProblem(backend, rows, { tensor, part, signal }) {
	if (part !== void 0) checkHead(tensor, part, rows.heads);
	const scope = new Scope(backend);
	try {
		const { ordered } = await reorderHeads(backend, rows, signal);
		scope.own(ordered);
		if (part === void 0) return problem(backend, {
			a: scope.release(ordered),
			b: rows.b
		}, [ordered], false);
		const head = headRows([part], rows.headDim);
		const a = scope.own(gatherRows(backend, ordered, head, 0));
		const b = scope.own(gatherRows(backend, rows.b, head, 0));
		return problem(backend, {
			a: scope.release(a),
			b: scope.release(b)
		}, [a, b], true);
	} finally {
		scope.free();
	}
}
export { fuseHeads, headsProblem };

//# sourceMappingURL=heads-CcblyC0j.mjs.map