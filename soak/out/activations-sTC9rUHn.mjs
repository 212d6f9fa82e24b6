import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { A as addAttention, E as LlamaModel, P as linear, j as addMlp, k as RopeTables } from "./cycles.mjs";
import { t as Tape } from "./tape-tJbdEra0.mjs";
// src/llama/activations.ts
/** Returns the number of neurons of one kind in a block. */
function neuronCount({ hiddenSize, intermediateSize, heads, kvHeads, headDim }, name) {
	switch (name) {
		case "self_attn.q_proj":
		case "self_attn.heads": return heads * headDim;
		case "self_attn.k_proj":
		case "self_attn.v_proj": return kvHeads * headDim;
		case "mlp.gate_proj":
		case "mlp.up_proj":
		case "mlp.units": return intermediateSize;
		case "self_attn.o_proj":
		case "mlp.down_proj": return hiddenSize;
	}
}
/** The inputs of every block of a model on a text; owned, on the device until `free`. */
var BlockInputs = class BlockInputs {
	#backend;
	/** `[block][window]` */
	#streams;
	constructor(backend, streams) {
		this.#backend = backend;
		this.#streams = streams;
	}
	/**
	* Runs the model up to the input of its last block. Each window of token ids starts at position 0 and attends only to itself.
	* @throws AbortError.
	*/
	static async of(model, windows, options = {}) {
		const { backend, config, weights, layers } = model;
		const streams = layers.map(() => []);
		try {
			const states = await new LlamaModel(backend, config, weights, layers.slice(0, -1)).hidden(windows, {
				...options,
				onStream: async ({ depth, stream }) => {
					streams[depth]?.push(backend.weightedSum(stream, 1));
				}
			});
			backend.free(...states);
			return new BlockInputs(backend, streams);
		} catch (error) {
			backend.free(...streams.flat());
			throw error;
		}
	}
	/** Returns the residual stream `[tokens, hidden]` of every window before block `layer`. Do not free them. */
	at(layer) {
		const streams = this.#streams[layer];
		if (streams) return streams;
		throw new RangeError(`expected a block below ${this.#streams.length}, got ${layer}`);
	}
	free() {
		for (const streams of this.#streams) this.#backend.free(...streams.splice(0));
	}
};
/**
* Computes the activations of a block's neurons: `[neurons, tokens]` for each name, f32, window after window. The caller frees
* them.
* @param inputs residual streams before the block, `[tokens, hidden]` for each window.
* @throws AbortError.
*/
async function blockActivations(context, inputs, names, signal) {
	const { backend, config, kind } = context;
	const lengths = inputs.map(({ shape }) => shape[0] ?? 0);
	const tokens = lengths.reduce((sum, length) => sum + length, 0);
	const scope = new Scope(backend, "activations");
	const ropes = new RopeTables(backend, config, Math.max(1, ...lengths));
	try {
		const seen = /* @__PURE__ */ new Map();
		for (const name of names) seen.set(name, scope.own(backend.zeros([neuronCount(config, name), tokens], `activations of ${name}`)));
		let columnOffset = 0;
		for (const input of inputs) {
			signal?.throwIfAborted();
			const length = input.shape[0] ?? 0;
			const eye = scope.own(identity(backend, length));
			runBlock(context, {
				input,
				rope: ropes.of(kind, {
					length,
					windows: 1
				})
			}, new Set(seen.keys()), (name, rows) => {
				const into = seen.get(name);
				if (into) backend.matmul(rows, eye, {
					orientation: "tn",
					into,
					columnOffset
				});
			});
			scope.free(eye);
			columnOffset += length;
			await backend.settle();
		}
		for (const tensor of seen.values()) scope.release(tensor);
		return seen;
	} finally {
		ropes.free();
		scope.free();
	}
}
/** Runs a block on one window as far as `names` need; passes activations `[tokens, neurons]` to `onActivations`. */
function runBlock(context, { input, rope }, names, onActivations) {
	const { backend, block } = context;
	const scope = new Scope(backend, "activations");
	const tape = new Tape(backend);
	try {
		const project = (x, name) => {
			if (names.has(name)) onActivations(name, scope.own(linear(backend, tape.get(x), block, name)));
		};
		const stream = scope.own(backend.weightedSum(input, 1));
		addAttention(context, stream, {
			rope,
			past: 0
		}, tape);
		project("normed", "self_attn.q_proj");
		project("normed", "self_attn.k_proj");
		onActivations("self_attn.v_proj", tape.get("values"));
		onActivations("self_attn.heads", tape.get("mixed"));
		project("mixed", "self_attn.o_proj");
		if (![...names].some((name) => name.startsWith("mlp."))) return;
		addMlp(context, stream, tape);
		onActivations("mlp.gate_proj", tape.get("gate"));
		onActivations("mlp.up_proj", tape.get("up"));
		onActivations("mlp.units", tape.get("inner"));
		project("inner", "mlp.down_proj");
	} finally {
		tape.free();
		scope.free();
	}
}
function identity(backend, size) {
	const entries = new Float32Array(size * size);
	for (let i = 0; i < size; i++) entries[i * (size + 1)] = 1;
	return backend.upload(entries, [size, size], "f32", "identity");
}
export { blockActivations as n, BlockInputs as t };

//# sourceMappingURL=activations-sTC9rUHn.mjs.map