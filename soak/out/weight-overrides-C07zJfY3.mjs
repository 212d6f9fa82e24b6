// src/train/weight-overrides.ts
/** Weights of a model with given tensors instead of its own bands of embedding and head, and of its final norm. */
var WeightOverrides = class {
	config;
	embedding;
	head;
	#base;
	#bands;
	#finalNorm;
	/** Keys of `bands` are the base's bands; bands of a tied matrix are listed once. The caller keeps ownership of all tensors. */
	constructor(base, bands, finalNorm) {
		this.config = base.config;
		this.embedding = base.embedding;
		this.head = base.head;
		this.#base = base;
		this.#bands = bands;
		this.#finalNorm = finalNorm;
	}
	block(index, signal, only) {
		return this.#base.block(index, signal, only);
	}
	release(index, only) {
		this.#base.release(index, only);
	}
	async withBand(band, use, signal) {
		const own = this.#bands.get(band);
		return own ? use(own) : this.#base.withBand(band, use, signal);
	}
	async withFinalNorm(use, signal) {
		return this.#finalNorm ? use(this.#finalNorm) : this.#base.withFinalNorm(use, signal);
	}
};
export { WeightOverrides as t };

//# sourceMappingURL=weight-overrides-C07zJfY3.mjs.map