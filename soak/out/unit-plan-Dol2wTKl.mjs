import { n as flowSolver, t as flowCost } from "./matching-BvFRYSX9.mjs";
import { r as solve } from "./solve-DyyZ3XKO.mjs";
import { d as range } from "./move-Bcg3-9Em.mjs";
// src/upscale/structured/head-map.ts
/** Builds a head map from one matrix per key-value group, used for all heads of the group. */
function headMap({ headDim, kvHeads }, source, groupMaps) {
	if (!groupMaps) return {
		headDim,
		source
	};
	const size = source.length / kvHeads;
	return {
		headDim,
		source,
		maps: groupMaps.flatMap((map) => range(size).map(() => map))
	};
}
// src/upscale/structured/unit-plan.ts
/**
* True if the columns of o and down, which read a unit, are features too: if they are kept, or if the recipe asks for it.
* Not for activations, because those already are the unit's output.
*/
var comparesOutputs = ({ zeroInit, structured, cost }) => cost.features === "weights" && (!zeroInit || structured.down);
/** Solves transport between the units of two blocks. Keep `a` and `b` until the plan is freed, because it reads them. */
var matchUnits = (context, { a, b }) => solve(context.backend, a, b, flowSolver(context.flow, context), {
	cost: flowCost(context.flow, context.cost),
	signal: context.signal,
	solutions: context.solutions
});
export { matchUnits as n, headMap as r, comparesOutputs as t };

//# sourceMappingURL=unit-plan-Dol2wTKl.mjs.map