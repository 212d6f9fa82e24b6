import { E as LlamaModel } from "./cycles.mjs";
import { n as DEFAULT_RECIPE, t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { a as trainableOf, c as planMemory, d as batchesOf, i as stepCostOf, o as Trainer, r as sharedData, s as countTrainable, t as MEMORY_BYTES, u as meanLoss } from "./training-DJR_0L0t.mjs";
import { t as expand } from "./expand-98tsOWKn.mjs";
import { t as blockSpecs } from "./block-specs-DkGbg3eE.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/engine/training/plan.ts
/** If one window takes longer than this, whole steps are not measured. */
var SLOW_MS = 500;
/** Plans memory and data of arms, each as if alone. An arm that does not fit reports its problem instead. */
var planTraining = async (workspace, request, context) => {
	const recipes = request.recipes.map(parseRecipe);
	const [first] = recipes;
	if (!first) throw new RequestError("planTraining: expected at least one arm, got none. Choose one.");
	const { data } = await sharedData(workspace, request.texts, first.training, context);
	const { reports, heldout, retention, response } = data;
	return {
		texts: reports,
		measured: [
			heldout,
			retention,
			response
		].flatMap((examples) => examples ?? []).reduce((sum, { ids, from }) => sum + ids.length - from, 0),
		arms: recipes.map((recipe) => {
			try {
				return armPlan(workspace, recipe, request.memoryBytes ?? MEMORY_BYTES);
			} catch (error) {
				return { problem: error instanceof Error ? error.message : String(error) };
			}
		})
	};
};
function armPlan({ backend, model: { config }, weights }, recipe, budgetBytes) {
	const layers = blockSpecs(recipe, config.layers);
	const newLayers = [...layers.keys()].filter((index) => layers[index]?.kind !== "base");
	const deeper = {
		method: recipe.method,
		newLayers,
		layers
	};
	const trainable = trainableOf(recipe, deeper);
	const { batch, context } = recipe.training;
	const sized = {
		backend,
		config,
		logitRows: LlamaModel.base(backend, config, weights).logitRows,
		layers
	};
	return {
		memory: planMemory(sized, trainable, {
			batch,
			context,
			budgetBytes
		}),
		trainable: countTrainable(config, trainable),
		layers: layers.length,
		newLayers,
		stepCost: stepCostOf(recipe, deeper)
	};
}
/**
* Measures some steps on synthetic tokens, with copies as new blocks because those need no solving. On slow devices it
* measures one window and multiplies.
*/
var trainingSpeed = async (workspace, { batch, context }, { signal }) => {
	const { backend, model, weights } = workspace;
	const { config } = model;
	const recipe = parseRecipe({
		...DEFAULT_RECIPE,
		method: "copy-previous:zero"
	});
	const expansion = await expand(backend, weights, recipe, { signal });
	try {
		const base = expansion.model(weights);
		const { betas, eps, weightDecay, clip } = recipe.training;
		const options = {
			betas,
			eps,
			weightDecay,
			clip,
			keepActivations: true
		};
		const trainer = await Trainer.open(base, trainableOf(recipe, expansion), options, signal);
		try {
			const examples = Array.from({ length: batch }, (_, i) => ({
				ids: Uint32Array.from({ length: context + 1 }, (__, t) => (i * 7919 + t * 104729) % config.vocabSize),
				from: 1
			}));
			const timed = async (windows, count) => {
				const batches = batchesOf(examples.slice(0, windows), windows);
				for (let i = 0; i < count; i++) await trainer.enqueue(batches, 1e-6, signal);
				return (await trainer.collect()).map(({ milliseconds }) => milliseconds);
			};
			await timed(1, 1);
			const single = await timed(1, 1);
			const slow = single.some(({ forward, backward }) => forward + backward > SLOW_MS);
			const times = slow ? single : await timed(batch, 3);
			const factor = slow ? batch : 1;
			const measured = examples.slice(0, slow ? 1 : batch);
			const started = performance.now();
			await meanLoss(trainer.model, measured, signal);
			const mean = (part) => factor * times.reduce((sum, time) => sum + time[part], 0) / times.length;
			return {
				stepMs: {
					forward: mean("forward"),
					backward: mean("backward"),
					optimizer: mean("optimizer") / factor
				},
				stepCost: stepCostOf(recipe, expansion),
				evaluationMsPerToken: (performance.now() - started) / (measured.length * context)
			};
		} finally {
			trainer.free();
		}
	} finally {
		expansion.free();
	}
};
export { planTraining, trainingSpeed };

//# sourceMappingURL=plan-DJPnmr31.mjs.map