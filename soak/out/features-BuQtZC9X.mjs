import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { n as blockActivations, t as BlockInputs } from "./activations-sTC9rUHn.mjs";
import { D as kindOf, E as LlamaModel, f as TensorCache } from "./cycles.mjs";
import { t as HEAD_OUTPUTS } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
// src/upscale/activations/standardised.ts
/** Smaller deviations, relative to the row's norm, are rounding errors: the neuron's activation is constant. */
var MIN_DEVIATION = 1e-6;
/**
* Subtracts the mean from every row of activations and scales it to unit length, so that the inner product of two rows is
* Pearson's correlation. Computes in float64. A constant row becomes zero: its cost to every other row is 1 (as if
* uncorrelated), and 0 to another constant row.
* @param values `[rows, tokens]`.
* @returns undefined if a value is not finite.
*/
function standardised(values, rows) {
	const tokens = values.length / rows;
	const result = new Float32Array(values.length);
	for (let row = 0; row < rows; row++) {
		const of = values.subarray(row * tokens, (row + 1) * tokens);
		let [sum, squares, deviations] = [
			0,
			0,
			0
		];
		for (const value of of) sum += value;
		const mean = sum / tokens;
		for (const value of of) {
			squares += value * value;
			deviations += (value - mean) ** 2;
		}
		if (!Number.isFinite(deviations)) return void 0;
		const length = Math.sqrt(deviations);
		if (!(length > MIN_DEVIATION * Math.sqrt(squares))) continue;
		for (let t = 0; t < tokens; t++) result[row * tokens + t] = (of[t] - mean) / length;
	}
	return result;
}
// src/upscale/activations/features.ts
/** The activation that replaces the rows of a tensor. gate and up share that of their hidden unit. */
var ACTIVATION_OF = {
	"self_attn.q_proj": "self_attn.q_proj",
	"self_attn.k_proj": "self_attn.k_proj",
	"self_attn.v_proj": "self_attn.v_proj",
	"self_attn.o_proj": "self_attn.o_proj",
	"mlp.gate_proj": "mlp.units",
	"mlp.up_proj": "mlp.units",
	"mlp.down_proj": "mlp.down_proj"
};
var NAMES = /* @__PURE__ */ new Set([...Object.values(ACTIVATION_OF), HEAD_OUTPUTS]);
/** Device memory for features; above it those of the least recently used blocks are evicted. */
var BUDGET_BYTES = 2 ** 27;
/**
* Source of features of base blocks: under the key of every weight, a matrix with one row per neuron: its activations over
* all tokens, minus their mean, scaled to unit length (`standardised`). The cosine cost of two rows is then 1 − Pearson's
* correlation. Blocks are leased and released like those of `Weights`.
*/
var ActivationFeatures = class ActivationFeatures {
	config;
	#backend;
	#weights;
	#inputs;
	#cache;
	constructor(backend, weights, inputs) {
		this.config = weights.config;
		this.#backend = backend;
		this.#weights = weights;
		this.#inputs = inputs;
		this.#cache = new TensorCache(backend, BUDGET_BYTES);
	}
	/**
	* Runs the base model on windows of token ids. Every window starts at position 0 and attends only to itself. Keeps the
	* residual stream before every block until `free`: layers · tokens · hidden · 4 bytes.
	* @throws UpscaleError for fewer than two tokens; AbortError.
	*/
	static async of(backend, weights, windows, options = {}) {
		const tokens = windows.reduce((sum, { length }) => sum + length, 0);
		if (tokens < 2) throw new UpscaleError(`activations: expected a text of at least 2 tokens, over which neurons can vary, got ${tokens}. Give a longer text.`);
		const model = LlamaModel.base(backend, weights.config, weights);
		return new ActivationFeatures(backend, weights, await BlockInputs.of(model, windows, options));
	}
	async block(index, signal) {
		const { hiddenSize: d, intermediateSize: m, heads, kvHeads, headDim } = this.config;
		const bytes = 4 * this.#inputs.at(index).reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0) * (2 * d + m + 2 * (heads + kvHeads) * headDim);
		const made = await this.#cache.acquire(`features ${index}`, bytes, () => this.#make(index, signal), signal);
		const features = /* @__PURE__ */ new Map();
		for (const [name, activation] of Object.entries(ACTIVATION_OF)) {
			const tensor = made.get(activation);
			if (tensor) features.set(`${name}.weight`, tensor);
		}
		const outputs = made.get(HEAD_OUTPUTS);
		return outputs ? features.set(HEAD_OUTPUTS, outputs) : features;
	}
	release(index) {
		this.#cache.release(`features ${index}`);
	}
	free() {
		this.#cache.free();
		this.#inputs.free();
	}
	async #make(index, signal) {
		const backend = this.#backend;
		const lease = await leaseBlocks(this.#weights, [index], signal);
		const made = /* @__PURE__ */ new Map();
		const raw = [];
		try {
			const [block = /* @__PURE__ */ new Map()] = lease.blocks;
			const { config } = this;
			const of = {
				backend,
				config,
				block,
				kind: kindOf(config, {
					kind: "base",
					index
				})
			};
			const seen = await blockActivations(of, this.#inputs.at(index), NAMES, signal);
			raw.push(...seen.values());
			for (const [name, tensor] of seen) {
				signal?.throwIfAborted();
				const [rows, tokens] = matrix(tensor);
				const values = standardised(await backend.read(tensor), rows);
				if (!values) throw new UpscaleError(`activations of ${name} in block ${index}: expected finite values, got NaN or infinity. Choose another text, or features: weights.`);
				const features = name === "self_attn.heads" ? backend.upload(transposedValues(values, rows), [tokens, rows], "f32", `features of ${name}`) : backend.upload(values, [rows, tokens], "f32", `features of ${name}`);
				made.set(name, backend.countAs("activations", features));
			}
			return made;
		} catch (error) {
			backend.free(...made.values());
			throw error;
		} finally {
			backend.free(...raw);
			lease.release();
		}
	}
};
function transposedValues(values, rows) {
	const columns = values.length / rows;
	return values.map((_, k) => values[k % rows * columns + Math.floor(k / rows)]);
}
export { ActivationFeatures };

//# sourceMappingURL=features-BuQtZC9X.mjs.map