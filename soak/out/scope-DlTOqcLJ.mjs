// src/backend/scope.ts
/**
* Owns temporary tensors, so that they are freed however the work ends:
* `const scope = new Scope(backend); try { … scope.own(backend.matmul(…)) … } finally { scope.free(); }`.
*/
var Scope = class {
	#backend;
	#kind;
	#owned = /* @__PURE__ */ new Set();
	/** @param kind what the tensors are for, to count their memory. */
	constructor(backend, kind) {
		this.#backend = backend;
		this.#kind = kind;
	}
	own(tensor) {
		this.#owned.add(tensor);
		if (this.#kind !== void 0) this.#backend.countAs(this.#kind, tensor);
		return tensor;
	}
	/** Passes a tensor to the caller, who must free it. */
	release(tensor) {
		this.#owned.delete(tensor);
		return tensor;
	}
	/** Frees the given tensors, or without arguments all owned ones. */
	free(...tensors) {
		for (const tensor of tensors.length > 0 ? tensors : [...this.#owned]) if (this.#owned.delete(tensor)) this.#backend.free(tensor);
	}
};
export { Scope as t };

//# sourceMappingURL=scope-DlTOqcLJ.mjs.map