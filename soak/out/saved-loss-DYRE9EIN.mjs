import { C as requestedModel, E as LlamaModel, L as evaluate, S as baseModel, V as progress, h as deviceDType, w as trainings, x as windowsOf } from "./cycles.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { n as blockTensorName, t as blockShapes } from "./block-SzSOAUuq.mjs";
import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { t as WeightOverrides } from "./weight-overrides-C07zJfY3.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { n as roundedBytes, r as savedTensors, t as isRounded } from "./save-2iNNY8tE.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/engine/saving/rounded-block.ts
/** Uploads exact values rounded to what they are saved in. @throws CheckpointError if a value is too large for that. */
function uploadRounded(backend, tensor, exact, shape) {
	const { name, dtype } = tensor;
	return backend.upload(roundedBytes(tensor, exact), shape, deviceDType(name, dtype), name);
}
/** A block with some of its tensors rounded to what they are saved in, for as long as somebody holds it. */
var RoundedBlock = class {
	#backend;
	#exact;
	#rounded;
	#held = [];
	/** @param rounded the tensors to round, keyed as in `blockShapes`. */
	constructor(backend, exact, rounded) {
		this.#backend = backend;
		this.#exact = exact;
		this.#rounded = rounded;
	}
	async acquire(signal) {
		const block = new Map(await this.#exact.acquire(signal));
		const scope = new Scope(this.#backend, "weights");
		this.#held.push(scope);
		try {
			for (const [key, saved] of this.#rounded) {
				signal?.throwIfAborted();
				const exact = block.get(key);
				if (!exact) continue;
				const values = await this.#backend.read(exact);
				block.set(key, scope.own(uploadRounded(this.#backend, saved, values, exact.shape)));
			}
			return block;
		} catch (error) {
			this.release();
			throw error;
		}
	}
	release() {
		this.#held.pop()?.free();
		this.#exact.release();
	}
};
// src/engine/saving/saved-loss.ts
/**
* Evaluates the base model, the deeper model as computed, and the deeper model with its computed and trained tensors rounded to
* what they are saved in. The last is not evaluated again where rounding cannot change it.
*/
var savedLoss = async (workspace, request, context) => {
	const { backend, model } = workspace;
	const { signal, emit } = context;
	const { arm, dtype } = request;
	const recipe = parseRecipe(request.recipe);
	if (recipe.dtype !== null || recipe.outDtype !== null) throw new RequestError("savedLoss: expected a recipe that leaves the dtype of base tensors, got one that sets it. Save the model and evaluate what was saved.");
	const windows = await windowsOf(model, request);
	const asked = await requestedModel(workspace, {
		...request,
		recipe
	}, {
		signal,
		onProgress: (made) => emit({
			type: "progress",
			progress: made
		})
	});
	const { expansion } = asked;
	const loss = async (of, label, part) => (await evaluate(of, windows, {
		signal,
		onProgress: progress(context, label, part / 3, (part + 1) / 3)
	})).loss;
	const tokens = windows.reduce((sum, ids) => sum + ids.length - 1, 0);
	const base = await loss(baseModel(workspace), "Evaluating the base model", 0);
	const exact = await loss(asked.model, "Evaluating the deeper model", 1);
	const trained = arm === void 0 ? void 0 : workspace.get(trainings).require(arm).tensors;
	const rounded = expansion ? savedTensors(backend, expansion, model.checkpoint, model.config, {
		dtype,
		trained
	}).filter(isRounded) : [];
	if (rounded.length === 0 || arm === void 0 && expansion?.preserving === true) return {
		tokens,
		base,
		exact,
		saved: exact,
		rounded: rounded.length
	};
	const scope = new Scope(backend, "weights");
	try {
		return {
			tokens,
			base,
			exact,
			saved: await loss(await roundedModel(asked.model, rounded, scope), "Evaluating it as it is saved", 2),
			rounded: rounded.length
		};
	} finally {
		scope.free();
	}
};
/** Returns the model with the tensors of `rounded` as they are saved. What is not in blocks belongs to `scope`. */
async function roundedModel({ backend, config, weights, layers }, rounded, scope) {
	const byName = new Map(rounded.map((tensor) => [tensor.name, tensor]));
	const outer = async (name, band, rows) => {
		const tensor = byName.get(name);
		const read = tensor?.values?.[band];
		if (!tensor || !read) return void 0;
		return scope.own(uploadRounded(backend, tensor, await read(), [...rows, config.hiddenSize]));
	};
	const bands = /* @__PURE__ */ new Map();
	for (const list of /* @__PURE__ */ new Set([weights.embedding, weights.head])) for (const [index, band] of list.entries()) {
		const tensor = await outer(band.name, index, [band.rows]);
		if (tensor) bands.set(band, tensor);
	}
	const finalNorm = await outer(architectureOf(config).finalNorm, 0, []);
	const keys = [...blockShapes(config).keys()];
	const deeper = layers.map((layer, index) => {
		if (layer.kind === "base") return layer;
		const tensors = /* @__PURE__ */ new Map();
		for (const key of keys) {
			const tensor = byName.get(blockTensorName(config, index, key));
			if (tensor) tensors.set(key, tensor);
		}
		return {
			...layer,
			block: new RoundedBlock(backend, layer.block, tensors)
		};
	});
	return new LlamaModel(backend, config, new WeightOverrides(weights, bands, finalNorm), deeper);
}
export { savedLoss };

//# sourceMappingURL=saved-loss-DYRE9EIN.mjs.map