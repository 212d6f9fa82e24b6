import { n as methodOf } from "./methods-QHAmL5_U.mjs";
// src/measures/cost-of-training.ts
/**
* Estimates the cost of a training step by the model of method.md 7.5: forward through all L′ blocks, activation gradients
* down to the lowest trained block, weight gradients of the K trained blocks; each counts as one block's forward pass.
* All blocks are trained without an expansion and for methods whose authors train the whole model.
*/
function costOfTraining(expansion, layers) {
	const [lowest] = expansion?.newLayers ?? [];
	const whole = 3 * layers;
	if (!expansion || lowest === void 0 || methodOf(expansion.method).trains === "all") return {
		trainStepCost: whole,
		trainStepShare: 1
	};
	const trainStepCost = layers + (layers - lowest) + expansion.newLayers.length;
	return {
		trainStepCost,
		trainStepShare: trainStepCost / whole
	};
}
export { costOfTraining as t };

//# sourceMappingURL=cost-of-training-BfO_OZr7.mjs.map