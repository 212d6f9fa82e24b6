import { t as checkTokenIds } from "./windows-D37K7Awu.mjs";
import { t as comparesActivations } from "./resolve-ZTMxOvsq.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/engine/models/features.ts
/** Caches activations of the open model's blocks, for the last requested text and for texts in use. */
var FeatureCache = class {
	#workspace;
	#held = [];
	constructor(workspace) {
		this.#workspace = workspace;
	}
	/**
	* Calls `work` with the activations on a text, or with undefined if weights are compared. The activations stay valid
	* until `work` ends.
	* @throws RequestError if the text is missing or too short; AbortError.
	*/
	async use(cost, options, work) {
		if (cost?.features !== "activations") return work(void 0);
		const held = await this.#take(cost, options);
		try {
			return await work(held.features);
		} finally {
			held.users--;
			this.#dropUnused();
		}
	}
	/** Calls `use` with a recipe's cost; `work` gets undefined if the recipe does not compare activations. */
	useFor(recipe, options, work) {
		return this.use(recipe && comparesActivations(recipe) ? recipe.cost : void 0, options, work);
	}
	/** Frees all activations. */
	free() {
		for (const { features } of this.#held.splice(0)) features.free();
	}
	async #take({ text, tokens }, { signal, onProgress }) {
		const key = `${tokens} ${text}`;
		let held = this.#held.find((candidate) => candidate.key === key);
		if (!held) {
			const { backend, weights, model } = this.#workspace;
			const windows = await lastWindows(model, await this.#workspace.text(text, signal), tokens);
			const { ActivationFeatures: Features } = await import("./features-BuQtZC9X.mjs");
			const label = "Running the base model for activations";
			held = {
				key,
				features: await Features.of(backend, weights, windows, {
					signal,
					onProgress: (fraction) => onProgress?.({
						label,
						fraction
					})
				}),
				users: 0
			};
		}
		this.#held = [...this.#held.filter((other) => other !== held), held];
		held.users++;
		this.#dropUnused();
		return held;
	}
	#dropUnused() {
		const dropped = this.#held.slice(0, -1).filter(({ users }) => users === 0);
		this.#held = this.#held.filter((held) => !dropped.includes(held));
		for (const { features } of dropped) features.free();
	}
};
/** The workspace's activations, which replace weights where activations are compared. */
var features = {
	make: (workspace) => new FeatureCache(workspace),
	clear: (kept) => kept.free()
};
/** Returns the last tokens of a text, in windows of the model's context. */
async function lastWindows(model, text, tokens) {
	const { vocabSize, context } = model.config;
	const all = checkTokenIds((await model.tokenizer()).encode(text), vocabSize);
	if (all.length < tokens) throw new RequestError(`activations: expected a text of at least ${tokens} tokens, got ${all.length}. Ask for fewer tokens or give a longer text.`);
	const last = all.slice(all.length - tokens);
	const windows = [];
	for (let start = 0; start < tokens; start += context) windows.push(last.slice(start, start + context));
	return windows;
}
export { features as t };

//# sourceMappingURL=features-I9DFKVIs.mjs.map