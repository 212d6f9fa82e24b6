// src/upscale/contract/transport-flow.ts
/** Resolves the recipe's solver kind for a flow. */
var solverKind = ({ plan }, { kind }) => kind !== "method" ? kind : plan === "permutation" ? "exact" : "sinkhorn";
// src/upscale/contract/matching.ts
/** True if ε is computed from the cost, not read from the recipe. */
function takesEpsilonFromCost({ epsilon }, { kind, targetPerplexity }) {
	return epsilon === "relative" || epsilon === "chosen" && targetPerplexity !== null && (kind === "method" || kind === "sinkhorn");
}
/** Resolves the recipe's solver settings for a flow. */
function flowSolver(flow, { solver, seed }) {
	const { epsilon, tolerance, maxIterations, acceleration, rho, steps, schedule } = solver;
	const { spread, targetPerplexity } = solver;
	const relative = takesEpsilonFromCost(flow, solver);
	const options = {
		epsilon,
		tolerance,
		maxIterations,
		acceleration,
		seed,
		epsilonRule: relative ? {
			kind: "spread",
			factor: spread
		} : { kind: "absolute" }
	};
	switch (solverKind(flow, solver)) {
		case "exact": return { kind: "exact" };
		case "unbalanced": return {
			kind: "unbalanced",
			...options,
			rho
		};
		case "progot": return {
			kind: "progot",
			...options,
			steps,
			schedule
		};
		case "sinkhorn": return relative && targetPerplexity !== null ? {
			kind: "entropic",
			...options,
			epsilonRule: {
				kind: "perplexity",
				share: targetPerplexity
			}
		} : {
			kind: "entropic",
			...options
		};
	}
}
/**
* Resolves the recipe's ground cost for a flow. Without a flow it is the Euclidean distance of raw rows. A method's own
* metric is for weights only; for activations, whose rows are centred and of unit length, it becomes 1 − correlation.
*/
var flowCost = (flow, { metric, rows, scale, features }) => ({
	metric: metric !== "method" ? metric : features === "activations" ? "cosine" : flow?.cost.metric ?? "euclidean",
	rows: rows === "method" ? flow?.cost.rows ?? "raw" : rows,
	scale: scale === "method" ? flow?.cost.scale ?? "none" : scale
});
export { flowSolver as n, takesEpsilonFromCost as r, flowCost as t };

//# sourceMappingURL=matching-BvFRYSX9.mjs.map