import { a as BackendError } from "./shape-DKf2iP5J.mjs";
// src/llama/tape.ts
/** What stands for a norm's output where there is no norm. */
var UNNORMED = {
	normed: "input",
	normedMiddle: "middle"
};
/** Owns one block's activations from its forward to its backward pass. */
var Tape = class {
	#backend;
	#tensors = /* @__PURE__ */ new Map();
	constructor(backend) {
		this.#backend = backend;
	}
	/** Records a copy, because the stream is overwritten later. */
	copy(name, tensor) {
		this.#tensors.set(name, this.#backend.countAs("activations", this.#backend.weightedSum(tensor, 1)));
	}
	/** Records tensors and takes their ownership from `scope`. */
	keep(scope, tensors) {
		for (const [name, tensor] of Object.entries(tensors)) this.#tensors.set(name, scope.release(tensor));
	}
	/** @throws BackendError if `name` was not recorded. */
	get(name) {
		const tensor = this.#tensors.get(name) ?? this.#tensors.get(UNNORMED[name] ?? name);
		if (tensor) return tensor;
		throw new BackendError(`tape: expected ${name}, got none. Run the forward pass with this tape first.`);
	}
	free() {
		this.#backend.free(...this.#tensors.values());
		this.#tensors.clear();
	}
};
export { Tape as t };

//# sourceMappingURL=tape-tJbdEra0.mjs.map