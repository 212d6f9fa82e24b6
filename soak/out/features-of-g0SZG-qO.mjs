import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
import { t as comparesActivations } from "./resolve-ZTMxOvsq.mjs";
// src/upscale/expanding/features-of.ts
/**
* Returns the features if the recipe compares activations, else undefined.
* @throws UpscaleError if the recipe compares activations and `features` is undefined.
*/
function featuresOf(recipe, features) {
	if (!comparesActivations(recipe)) return void 0;
	if (features) return features;
	throw new UpscaleError(`${recipe.method}: expected activations of the base model to compare, got no text to run it on. Give a text, or choose features: weights.`);
}
export { featuresOf as t };

//# sourceMappingURL=features-of-g0SZG-qO.mjs.map