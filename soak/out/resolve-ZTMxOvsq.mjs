import { i as isLayout, n as methodOf, r as flowOf } from "./methods-QHAmL5_U.mjs";
// src/upscale/methods/resolve.ts
/** Resolve settings that a recipe leaves to its method. */
/** True if the output projections of new blocks and copies are zeroed. */
var zeroInitOf = ({ method, zeroInit }) => zeroInit === "method" ? methodOf(method).zeroInit : zeroInit;
/** True if a recipe compares activations: it selects them, and its method has plans. */
var comparesActivations = ({ method, cost }) => cost.features === "activations" && flowOf(methodOf(method)) !== void 0;
/**
* Says in a sentence why nothing but the next block's own rows can be compared with the rows of a tensor: there is no null and no
* shuffled copy. Undefined where there is.
*/
function noNullReason(recipe, tensor) {
	if (comparesActivations(recipe)) return "Activations have no null: to shuffle them is to shuffle the tokens of a text, and what all neurons share at a token would be lost with what two of them share.";
	const method = methodOf(recipe.method);
	if (isLayout(method) || !method.problem || !tensor.startsWith("self_attn.")) return void 0;
	return "Whole heads are matched here, and their rows keep their places: there is no match of single neurons to compare with a null.";
}
export { noNullReason as n, zeroInitOf as r, comparesActivations as t };

//# sourceMappingURL=resolve-ZTMxOvsq.mjs.map