import { t as randomSource } from "./random-Ctrb54fu.mjs";
import { u as EvaluationError } from "./config-CXJ0uD7x.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { k as RopeTables } from "./cycles.mjs";
import { t as checkTokenIds } from "./windows-D37K7Awu.mjs";
// src/llama/kv-cache.ts
/** Cached keys and values of all blocks for a growing sequence; owns its tensors until `free`. */
var KvCache = class {
	capacity;
	/** Positions filled so far. */
	length = 0;
	#layers;
	#scope;
	#ropes;
	/** Allocates `capacity` tokens for each of `layers` blocks. */
	constructor(backend, config, layers, capacity) {
		this.capacity = capacity;
		this.#scope = new Scope(backend, "activations");
		this.#ropes = new RopeTables(backend, config);
		const shape = [capacity, config.kvHeads * config.headDim];
		try {
			this.#layers = Array.from({ length: layers }, (_, layer) => ({
				keys: this.#scope.own(backend.zeros(shape, `keys ${layer}`)),
				values: this.#scope.own(backend.zeros(shape, `values ${layer}`))
			}));
		} catch (error) {
			this.#scope.free();
			throw error;
		}
	}
	layer(index) {
		const layer = this.#layers[index];
		if (layer === void 0) throw new RangeError(`expected a layer below ${this.#layers.length}, got ${index}`);
		return layer;
	}
	/** Returns the rotary table of a kind of block for `capacity` positions; undefined if it has no rotary embedding. */
	rope(kind) {
		return this.#ropes.of(kind, {
			length: this.capacity,
			windows: 1
		});
	}
	free() {
		this.#ropes.free();
		this.#scope.free();
	}
};
// src/llama/sample.ts
/**
* Samples one token from logits.
* @throws EvaluationError if a logit is NaN or the largest is not finite.
*/
function sample(logits, options, random) {
	const best = argmax(logits);
	if (options.temperature === 0) return best;
	const { ids, weights } = nucleus(logits, options);
	let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
	for (const [i, weight] of weights.entries()) {
		rest -= weight;
		if (rest < 0) return ids[i] ?? best;
	}
	return ids.at(-1) ?? best;
}
/**
* Returns the tokens within `topP` with their probabilities at `temperature` > 0 (not renormalised), the most probable first;
* of equals, the lower id first. Returns at least one token.
*/
function nucleus(logits, { temperature, topP }) {
	const top = logits[argmax(logits)] ?? 0;
	const probabilities = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
	const total = probabilities.reduce((sum, value) => sum + value, 0);
	const probability = (id) => (probabilities[id] ?? 0) / total;
	const order = Uint32Array.from(logits.keys()).sort((a, b) => probability(b) - probability(a) || a - b);
	const ids = [];
	const weights = [];
	let mass = 0;
	for (const id of order) {
		ids.push(id);
		weights.push(probability(id));
		mass += probability(id);
		if (mass >= topP) break;
	}
	return {
		ids,
		weights
	};
}
function argmax(logits) {
	let best = -1;
	let value = -Infinity;
	for (const [id, logit] of logits.entries()) {
		if (Number.isNaN(logit)) throw new EvaluationError(`Expected a number as the logit of token ${id}, got NaN. Check the model's weights, or try the CPU backend.`);
		if (logit > value) {
			best = id;
			value = logit;
		}
	}
	if (value === -Infinity || value === Infinity) throw new EvaluationError(`Expected finite logits, got ${value} as the largest. Check the model's weights.`);
	return best;
}
// src/llama/generate.ts
/**
* Continues a prompt and returns the new ids, without the end-of-text id. Uses a KV cache. The same seed on the same backend
* gives the same tokens.
* @throws EvaluationError if the prompt is empty or fills the context, an id is outside the vocabulary, or an option is not valid.
*/
async function generate(model, ids, options) {
	const { temperature = 0, topP = 1, seed = 0, signal, onToken } = options;
	checkOptions(options.maxTokens, temperature, topP);
	const { context, vocabSize, eosIds } = model.config;
	const prompt = checkTokenIds(ids, vocabSize);
	if (prompt.length === 0 || prompt.length >= context) throw new EvaluationError(`Expected a prompt of 1 to ${context - 1} tokens (the context holds ${context}), got ${prompt.length}. Change its length.`);
	const limit = Math.min(options.maxTokens, context - prompt.length);
	const random = randomSource(seed);
	const cache = new KvCache(model.backend, model.config, model.layers.length, prompt.length + limit);
	const made = [];
	try {
		let next = prompt;
		while (made.length < limit) {
			signal?.throwIfAborted();
			const id = sample(await nextLogits(model, next, cache, signal), {
				temperature,
				topP
			}, random);
			if (eosIds.includes(id)) break;
			made.push(id);
			onToken?.(id, made);
			next = Uint32Array.of(id);
		}
		return made;
	} finally {
		cache.free();
	}
}
/** Appends `ids` to the cache and returns the logits `[vocabulary]` after the last of them. */
async function nextLogits(model, ids, cache, signal) {
	const { backend } = model;
	const hidden = await model.extend(ids, cache, signal);
	try {
		const logits = await model.logits(hidden, ids.length - 1, 1, signal);
		try {
			return await backend.read(logits);
		} finally {
			backend.free(logits);
		}
	} finally {
		backend.free(hidden);
	}
}
function checkOptions(maxTokens, temperature, topP) {
	if (!(Number.isInteger(maxTokens) && maxTokens >= 0)) throw wrongOption("the number of new tokens", "a whole number from 0", maxTokens);
	if (!(temperature >= 0 && temperature < Infinity)) throw wrongOption("the temperature", "a number from 0", temperature);
	if (!(topP > 0 && topP <= 1)) throw wrongOption("top-p", "above 0 and at most 1", topP);
}
var wrongOption = (name, expected, got) => new EvaluationError(`Expected ${name} to be ${expected}, got ${got}. Choose another value.`);
export { generate as t };

//# sourceMappingURL=generate-D1n1kdUD.mjs.map