import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { a as planMeasures, i as applyPlan } from "./solve-DyyZ3XKO.mjs";
import { d as range, l as headRows, n as gatherRows, t as diagonal } from "./move-Bcg3-9Em.mjs";
// src/upscale/structured/head-plans.ts
/**
* Solves one plan per head between rows `[heads · h, k]` whose heads are already in the next block's order.
* @returns Pᵀ `[h, h]` per head, owned by the caller, and the summary of all heads' plans.
*/
async function headPlans(backend, rows, solve, { heads, headDim, scale, signal }) {
	const scope = new Scope(backend);
	try {
		const eye = scope.own(diagonal(backend, new Float32Array(headDim).fill(1)));
		const maps = [];
		const numbers = [];
		for (const head of range(heads)) {
			signal?.throwIfAborted();
			const of = headRows([head], headDim);
			const a = scope.own(gatherRows(backend, rows.a, of, 0));
			const b = scope.own(gatherRows(backend, rows.b, of, 0));
			const solved = await solve({
				a,
				b
			});
			try {
				const { plan, iterations, converged } = solved;
				maps.push(scope.own(await applyPlan(backend, plan, eye, 0, scale, signal)));
				const { planPerplexity, transportCost, marginalError } = await planMeasures(backend, plan, signal);
				numbers.push({
					planPerplexity,
					transportCost,
					marginalError,
					iterations,
					converged
				});
			} finally {
				solved.free();
			}
			scope.free(a, b);
		}
		return {
			maps: maps.map((map) => scope.release(map)),
			numbers: meanNumbers(numbers)
		};
	} finally {
		scope.free();
	}
}
/** Means over the heads' plans (geometric for perplexities, as over the rows of one plan) and the most iterations. */
function meanNumbers(heads) {
	const mean = (of) => heads.reduce((sum, head) => sum + of(head), 0) / heads.length;
	return {
		planPerplexity: Math.exp(mean(({ planPerplexity }) => Math.log(planPerplexity))),
		transportCost: mean(({ transportCost }) => transportCost),
		marginalError: mean(({ marginalError }) => marginalError),
		iterations: Math.max(...heads.map(({ iterations }) => iterations)),
		converged: heads.every(({ converged }) => converged)
	};
}
export { headPlans as t };

//# sourceMappingURL=head-plans-C2e8Yvpl.mjs.map