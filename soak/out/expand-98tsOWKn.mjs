import { t as __exportAll } from "./rolldown-runtime-D8jQpDG7.mjs";
import { r as gapName } from "./parents-DhyobVmO.mjs";
import { r as expectSupported, t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { r as TransportError } from "./cost-DHFzz3-1.mjs";
import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
import { n as decode, r as encode } from "./dtype-B4pdtvg3.mjs";
import { i as isOutputProjection, n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { i as RESIDENT_BYTES, n as expansionWork, r as BlockStore, t as checkFits } from "./forecast-BWZpQ-VG.mjs";
import { i as isLayout, n as methodOf } from "./methods-QHAmL5_U.mjs";
import { r as zeroInitOf } from "./resolve-ZTMxOvsq.mjs";
import { t as blockSpecs } from "./block-specs-DkGbg3eE.mjs";
import { i as countParameters, n as blockTensorName, t as blockShapes } from "./block-SzSOAUuq.mjs";
import { E as LlamaModel } from "./cycles.mjs";
import { t as featuresOf } from "./features-of-g0SZG-qO.mjs";
import { t as storedAs } from "./stored-as-DeNKq17j.mjs";
// src/upscale/block/new-block.ts
/** A multiple of the bytes of a value. */
var PIECE_BYTES = 16 * 2 ** 20;
var made = 0;
/** A block that a method made, with its own weights. It owns them until `free`. */
var NewBlock = class {
	gap;
	like;
	tensors;
	plans;
	#backend;
	#store;
	#freed = false;
	#key = `new block ${++made}`;
	/** @param store holds the tensors that are in files. */
	constructor(backend, { gap, like, tensors, plans }, store) {
		this.gap = gap;
		this.like = like;
		this.tensors = tensors;
		this.plans = plans;
		this.#backend = backend;
		this.#store = store;
	}
	/** True if the block returns its input: all its output projections are zero. */
	get isIdentity() {
		return [...this.tensors].every(([key, { origin }]) => origin === "zero" || !isOutputProjection(key));
	}
	async acquire(signal) {
		const stored = await this.#store?.acquire(this.#key, this.#files, signal);
		const block = /* @__PURE__ */ new Map();
		for (const [key, values] of this.tensors) {
			const tensor = "tensor" in values ? values.tensor : stored?.get(key);
			if (tensor) block.set(key, tensor);
		}
		return block;
	}
	release() {
		this.#store?.release(this.#key);
	}
	/** Returns the float32 values of one tensor, row-major. @throws SourceError if its file cannot be read. */
	async read(key) {
		const values = this.tensors.get(key);
		if (!values) return /* @__PURE__ */ new Float32Array();
		if ("tensor" in values) return this.#backend.read(values.tensor);
		return decode(await values.file.read(0, values.file.size), "F32");
	}
	/** Returns functions that read the values of one tensor piece by piece, in order, so that a large file is never in memory whole. */
	pieces(key) {
		const values = this.tensors.get(key);
		if (!values || "tensor" in values) return [() => this.read(key)];
		const { file } = values;
		return Array.from({ length: Math.ceil(file.size / PIECE_BYTES) }, (_, i) => async () => {
			const start = i * PIECE_BYTES;
			return decode(await file.read(start, Math.min(PIECE_BYTES, file.size - start)), "F32");
		});
	}
	/** Frees the tensors and removes the files. May be called twice. */
	free() {
		if (this.#freed) return;
		this.#freed = true;
		this.#backend.free(...ownTensors(this.tensors.values()));
		this.#store?.drop(this.#key, this.#files.values());
	}
	get #files() {
		return new Map([...this.tensors].flatMap(([key, values]) => "file" in values ? [[key, values]] : []));
	}
};
/** The tensors on the device that a block owns: all except shared zeros. */
var ownTensors = (tensors) => [...tensors].flatMap((values) => values.origin !== "zero" && "tensor" in values ? [values.tensor] : []);
// src/upscale/block/assembly.ts
/** Collects and checks the tensors of one new block. Frees them if the block cannot be finished. */
var BlockAssembly = class {
	#context;
	#method;
	#tensors = /* @__PURE__ */ new Map();
	#plans = [];
	/** @param method id of the method, for error messages. */
	constructor(context, method) {
		this.#context = context;
		this.#method = method;
	}
	/** Runs `fill`, which adds every tensor, and returns the block. On failure frees all collected tensors. */
	async build(fill) {
		try {
			await fill(this);
			const tensors = /* @__PURE__ */ new Map();
			for (const key of this.#context.previous.keys()) {
				const tensor = this.#tensors.get(key);
				if (!tensor) throw new UpscaleError(`${this.#where(key)}: expected a tensor, got none. Choose another method.`);
				tensors.set(key, await this.#stored(key, tensor));
			}
			const { backend, gap, like, store } = this.#context;
			return new NewBlock(backend, {
				gap,
				like,
				tensors,
				plans: this.#plans
			}, store);
		} catch (error) {
			this.#context.backend.free(...ownTensors(this.#tensors.values()));
			for (const made of this.#tensors.values()) if ("file" in made) made.file.remove();
			this.#tensors.clear();
			throw error;
		}
	}
	/**
	* Calls `make` for every tensor of the block, with its key, the previous parent's tensor and its index. Adds zeros itself
	* for output projections if they are zeroed.
	* @throws errors of `make`; AbortError.
	*/
	async forEachTensor(make) {
		const { previous, zeroInit, signal, onTensor } = this.#context;
		for (const [index, [key, tensor]] of [...previous].entries()) {
			signal?.throwIfAborted();
			onTensor?.(key, index / previous.size);
			if (zeroInit && isOutputProjection(key)) this.zero(key);
			else await make(key, tensor, index);
		}
	}
	/** Adds a computed tensor and takes ownership of it. @throws UpscaleError if a value is not finite. */
	async addComputed(key, tensor) {
		const made = {
			origin: "computed",
			tensor
		};
		this.#tensors.set(key, made);
		if (!await allFinite(this.#context.backend, tensor)) throw new UpscaleError(`${this.#where(key)}: expected finite values, got NaN or infinity. Try a larger ε, or a method without plans.`);
		await this.#stored(key, made);
	}
	/** Adds α·x + (1 − α)·y. `x` comes from the previous parent, `y` from the next. */
	async fuse(key, x, y) {
		const { backend, alpha } = this.#context;
		await this.addComputed(key, backend.weightedSum(x, alpha, y, 1 - alpha));
	}
	/** Adds an exact copy of a parent's tensor. */
	copy(key, parent = "previous") {
		const { previous, previousIndex, nextIndex } = this.#context;
		if (parent === "previous") this.copyFrom(key, previous, previousIndex);
		else this.copyFrom(key, this.next, nextIndex);
	}
	/** Adds an exact copy of a tensor of base block `of`. */
	copyFrom(key, block, of) {
		const tensor = this.#context.backend.weightedSum(blockTensor(block, key), 1);
		this.#tensors.set(key, {
			origin: "copy",
			tensor,
			of
		});
	}
	zero(key) {
		const { previous, zeros } = this.#context;
		this.#tensors.set(key, {
			origin: "zero",
			tensor: zeros(blockTensor(previous, key).shape)
		});
	}
	/** The next parent. @throws UpscaleError if there is none. */
	get next() {
		const { next, gap } = this.#context;
		if (next) return next;
		throw new UpscaleError(`${this.#method}: expected a next block of gap ${gapName(gap)}, got none. Choose a lower gap.`);
	}
	/** The next parent's tensor. @throws UpscaleError if the parent or the tensor is missing. */
	nextTensor(key) {
		return blockTensor(this.next, key);
	}
	addPlan(summary) {
		this.#plans.push(summary);
	}
	/** Adds method, gap and tensor to an error's message. Cancellation and device errors are returned unchanged. */
	failure(key, error) {
		if (!(error instanceof TransportError)) return error;
		return new UpscaleError(`${this.#where(key)}: ${error.message}`, { cause: error });
	}
	/** Moves a tensor of the block's own to a file, if there is a store. */
	async #stored(key, made) {
		const { store } = this.#context;
		if (!store || made.origin === "zero" || !("tensor" in made)) return made;
		const { tensor, ...origin } = made;
		this.#tensors.delete(key);
		const stored = {
			...origin,
			...await store.put(tensor)
		};
		this.#tensors.set(key, stored);
		return stored;
	}
	#where(key) {
		return `${this.#method}, gap ${gapName(this.#context.gap)}, ${key}`;
	}
};
/** Reads one sum per row: a value that is not finite makes the row's sum not finite, on every backend. */
async function allFinite(backend, tensor) {
	const [rows, columns] = matrix(tensor);
	return (rows === 1 ? await backend.read(tensor) : await rowSums(backend, tensor, columns)).every(Number.isFinite);
}
async function rowSums(backend, tensor, columns) {
	const ones = backend.upload(new Float32Array(columns).fill(1), [1, columns], "f32", "ones");
	const sums = backend.matmul(tensor, ones, { orientation: "nt" });
	try {
		return await backend.read(sums);
	} finally {
		backend.free(ones, sums);
	}
}
// src/upscale/expanding/check.ts
/**
* Checks before any work that a recipe can be carried out on a model of this shape.
* @throws GapError for gaps, parents or slices that do not exist; UpscaleError for a model or a setting the method cannot
* work with; UnsupportedArchitectureError.
*/
function checkApplies(recipe, shape) {
	const { architecture } = shape;
	if (architecture !== void 0) architectureOf({ architecture });
	methodOf(recipe.method).check?.(shape, recipe);
	blockSpecs(recipe, shape.layers);
}
// src/upscale/expanding/scaled-weights.ts
/** A model's weights with the embedding, the final norm and the head multiplied by factors, each time they are used. */
var ScaledWeights = class {
	config;
	embedding;
	head;
	#backend;
	#base;
	#factors;
	constructor(backend, base, factors) {
		this.config = base.config;
		this.embedding = base.embedding;
		this.head = base.head;
		this.#backend = backend;
		this.#base = base;
		this.#factors = factors;
	}
	block(...args) {
		return this.#base.block(...args);
	}
	release(index) {
		this.#base.release(index);
	}
	withBand(band, use, signal) {
		const { embedding, head } = this.#factors;
		const factor = this.embedding.includes(band) ? embedding : head;
		return this.#base.withBand(band, (rows) => this.#scaled(rows, factor, use), signal);
	}
	withFinalNorm(use, signal) {
		return this.#base.withFinalNorm((gain) => this.#scaled(gain, this.#factors.finalNorm, use), signal);
	}
	#scaled(tensor, factor, use) {
		if (factor === 1) return use(tensor);
		const scaled = this.#backend.weightedSum(tensor, Math.fround(factor));
		try {
			return use(scaled);
		} finally {
			this.#backend.free(scaled);
		}
	}
};
// src/upscale/expanding/expansion.ts
/** A deeper model: the order of its blocks, and its new blocks, which it owns until `free`. */
var Expansion = class {
	method;
	zeroInit;
	/** Factors of the tensors outside the blocks. */
	outer;
	/** What of the recipe had no effect on this model. */
	notices;
	/** All blocks, bottom to top. */
	places;
	/** The same blocks in the form that `LlamaModel` takes. */
	layers;
	/** Indices in the deeper model of new blocks and copies. */
	newLayers;
	/** New blocks with their own weights, bottom to top. */
	blocks;
	/** The base block that each of `blocks` follows. For methods with gaps: the gaps, ascending. */
	gaps;
	/** Number of parameters of the whole deeper model. */
	parameters;
	#backend;
	#baseLayers;
	#zeros;
	constructor(backend, config, made) {
		this.#backend = backend;
		this.#baseLayers = config.layers;
		this.method = made.method;
		this.zeroInit = made.zeroInit;
		this.outer = made.outer;
		this.notices = made.notices;
		this.places = made.places;
		this.layers = made.places.map((place) => place.kind === "new" ? {
			kind: "new",
			like: place.block.like,
			block: place.block
		} : {
			kind: "base",
			index: place.index
		});
		this.newLayers = [...made.places.keys()].filter((i) => made.places[i]?.kind !== "base");
		this.blocks = made.places.flatMap((place) => place.kind === "new" ? [place.block] : []);
		this.gaps = this.blocks.map(({ gap }) => gap);
		this.parameters = countParameters(config, made.places.length);
		this.#zeros = made.zeros;
	}
	/** For every block the base block that it is, copies or takes its settings from. It takes that block's entries of config.json. */
	get sources() {
		return this.places.map((place) => place.kind === "new" ? place.block.like : place.index);
	}
	/** Copies that are equal to a base block byte for byte: index in the deeper model → base block. */
	get duplicates() {
		return new Map(this.places.flatMap((place, i) => place.kind === "copy" ? [[i, place.index]] : []));
	}
	/** True if it computes exactly what the base does: all base blocks in order, with only identities between them. */
	get preserving() {
		if (Object.values(this.outer).some((factor) => factor !== 1)) return false;
		const acting = this.places.filter((place) => place.kind !== "new" || !place.block.isIdentity);
		return acting.length === this.#baseLayers && acting.every((place, i) => place.kind !== "new" && place.index === i);
	}
	/** Returns the deeper model; `weights` are those of the base. */
	model(weights) {
		const source = Object.values(this.outer).some((factor) => factor !== 1) ? new ScaledWeights(this.#backend, weights, this.outer) : weights;
		return new LlamaModel(this.#backend, weights.config, source, this.layers);
	}
	/** Summaries of all plans that were solved, gap by gap. */
	get plans() {
		return this.blocks.flatMap(({ plans }) => plans);
	}
	/** Frees the new blocks. Models made from `layers` can no longer run. May be called twice. */
	free() {
		for (const block of this.blocks) block.free();
		this.#backend.free(...this.#zeros);
		this.#zeros = [];
	}
};
// src/upscale/expanding/filters.ts
var decides = (filter, name) => filter === void 0 || filter === "*" || name.includes(filter);
/** Returns the value of the first filter that is part of a tensor's whole name; 1 if none is. */
var filterFactor = (filters, name) => filters.find(({ filter }) => decides(filter, name))?.value ?? 1;
/** Returns the factors of the tensors outside the blocks: filters of the first slice apply to the embedding, of the last to the rest. */
function outerFactors(slices, config) {
	const { embedding, finalNorm, head } = architectureOf(config);
	const factor = (slice, name) => Array.isArray(slice?.scale) ? filterFactor(slice.scale, name) : 1;
	const [first, last] = [slices[0], slices.at(-1)];
	const ofEmbedding = factor(first, embedding);
	return {
		embedding: ofEmbedding,
		finalNorm: factor(last, finalNorm),
		head: config.tied ? ofEmbedding : factor(last, head)
	};
}
/** Returns a sentence for every filter that decides on no tensor of the slices that it stands in. */
function idleFilters(slices, config) {
	const { embedding, finalNorm, head } = architectureOf(config);
	const used = /* @__PURE__ */ new Map();
	let example = "";
	for (const [i, { start, end, scale }] of slices.entries()) {
		if (!Array.isArray(scale)) continue;
		const names = [
			...i === 0 ? [embedding] : [],
			...Array.from({ length: end - start }, (_, at) => [...blockShapes(config).keys()].map((key) => blockTensorName(config, start + at, key))).flat(),
			...i === slices.length - 1 ? [finalNorm, head] : []
		];
		example ||= names.find((name) => name.includes("q_proj")) ?? "";
		const deciding = new Set(names.map((name) => scale.find(({ filter }) => decides(filter, name))));
		for (const filter of scale) {
			if (filter.filter === void 0 || filter.filter === "*") continue;
			used.set(filter.filter, deciding.has(filter) || used.get(filter.filter) === true);
		}
	}
	return [...used].filter(([, decided]) => !decided).map(([filter]) => `The filter ${filter} decides on no tensor: it is looked for in whole names of the base's tensors such as ${example}, and the first that fits counts.`);
}
// src/upscale/expanding/scaled.ts
/**
* Copies base block `index` with its tensors multiplied as `scale` says. A number multiplies the output projections, so that 0
* makes the block the identity; filters are tried on the whole names of the base's tensors, as mergekit does
* (`arcee-ai/mergekit:mergekit/config.py`, `evaluate_setting`).
*/
async function fillScaled(assembly, { backend, config, previous, previousIndex, signal }, scale, dtype) {
	for (const [key, tensor] of previous) {
		signal?.throwIfAborted();
		const factor = typeof scale !== "number" ? filterFactor(scale, blockTensorName(config, previousIndex, key)) : isOutputProjection(key) ? scale : 1;
		if (factor === 1) assembly.copy(key);
		else if (factor === 0) assembly.zero(key);
		else await assembly.addComputed(key, await multiplied(backend, tensor, factor, dtype));
	}
	await backend.settle();
}
/** Returns `factor` times a tensor that is rounded to `dtype` before, if there is one. The factor is in float32, as PyTorch's. */
async function multiplied(backend, tensor, factor, dtype) {
	if (dtype === null) return backend.weightedSum(tensor, Math.fround(factor));
	const values = Float32Array.from(await backend.read(tensor));
	const { name, device } = storedAs(dtype);
	const rounded = backend.upload(encode(values, name), tensor.shape, device, "rounded");
	try {
		return backend.weightedSum(rounded, Math.fround(factor));
	} finally {
		backend.free(rounded);
	}
}
// src/upscale/expanding/expand.ts
var expand_exports = /* @__PURE__ */ __exportAll({ expand: () => expand });
/** Fraction of the progress given to the shared preparation: LESA's training takes nearly all the time. */
var PREPARING = .95;
/**
* Makes the deeper model of a recipe, one new block at a time. At most two base blocks are leased at a time (except during
* a method's shared preparation).
* @throws GapError for gaps, parents or slices that do not exist; UpscaleError for a method that cannot apply, or blocks that
*   cannot fit on the device; UpscaleError or TransportError if a block cannot be made; UnsupportedArchitectureError; AbortError.
*/
async function expand(backend, weights, recipe, options = {}) {
	const { config } = weights;
	expectSupported(config);
	checkApplies(recipe, config);
	const { scratch, residentBytes = scratch ? RESIDENT_BYTES[backend.info.kind] : Infinity } = options;
	const needs = expansionWork(recipe, config, backend.info, weights.blockBytes(0), residentBytes);
	checkFits(needs, backend.info);
	const store = scratch && needs.temporaryBytes > 0 ? new BlockStore(backend, weights.cache, scratch) : void 0;
	const work = new ExpansionBuilder(backend, weights, recipe, options, {
		blocks: needs.blocks,
		store
	});
	try {
		const places = [];
		for (const site of blockSpecs(recipe, config.layers)) if (site.kind === "base" || site.kind === "copy") places.push(site);
		else places.push({
			kind: "new",
			block: await work.make(site)
		});
		options.onProgress?.({
			label: "done",
			fraction: 1
		});
		const { zeroInit, zeros } = work;
		const method = methodOf(recipe.method);
		const slices = isLayout(method) ? method.slices(config.layers, recipe) : [];
		const outer = outerFactors(slices, config);
		const notices = idleFilters(slices, config);
		return new Expansion(backend, config, {
			method: recipe.method,
			zeroInit,
			places,
			zeros,
			outer,
			notices
		});
	} catch (error) {
		work.discard();
		throw error;
	} finally {
		work.end();
	}
}
/** Makes the new blocks and owns them, and the shared zeros, until the expansion takes them. */
var ExpansionBuilder = class {
	zeroInit;
	#shared;
	#recipe;
	#options;
	#features;
	#store;
	#total;
	#zeros = /* @__PURE__ */ new Map();
	#blocks = [];
	#prepared;
	/** Fraction of the progress that the shared preparation takes. */
	#sharedFraction = 0;
	constructor(backend, weights, recipe, options, { blocks, store }) {
		const { solver, cost, alpha, structured, seed } = recipe;
		const { signal, solutions } = options;
		this.zeroInit = zeroInitOf(recipe);
		this.#recipe = recipe;
		this.#options = options;
		this.#features = featuresOf(recipe, options.features);
		this.#total = blocks;
		this.#store = store;
		this.#shared = {
			backend,
			weights,
			config: weights.config,
			zeroInit: this.zeroInit,
			solver,
			cost,
			alpha,
			structured,
			seed,
			solutions,
			signal,
			onTensor: (label, fraction) => options.onProgress?.({
				label,
				fraction
			})
		};
	}
	get zeros() {
		return [...this.#zeros.values()];
	}
	async make(site) {
		const { signal, allPlans = false } = this.#options;
		signal?.throwIfAborted();
		const method = methodOf(this.#recipe.method);
		const { gap, previous: previousIndex, next: nextIndex } = site.kind === "new" ? site : {
			gap: site.index,
			previous: site.index,
			next: site.index
		};
		const pair = !isLayout(method) && method.parents === "pair";
		const like = !isLayout(method) && method.like === "next" ? nextIndex : previousIndex;
		const used = pair ? [previousIndex, nextIndex] : [previousIndex];
		const lease = await leaseBlocks(this.#shared.weights, used, signal);
		let features;
		try {
			features = this.#features && await leaseBlocks(this.#features, used, signal);
			const [previous = /* @__PURE__ */ new Map(), next] = lease.blocks;
			const [from, to] = features?.blocks ?? [];
			const context = {
				...this.#shared,
				gap,
				like,
				previous,
				previousIndex,
				next,
				nextIndex,
				compared: from && to && {
					previous: from,
					next: to
				},
				allPlans,
				zeros: (shape) => this.#zero(shape),
				store: this.#store,
				onTensor: this.#progress(`gap ${gapName(gap)}`)
			};
			const prepared = isLayout(method) ? void 0 : await this.#prepare(method);
			const block = await new BlockAssembly(context, method.id).build((assembly) => prepared ? prepared.fill(assembly, context) : fillScaled(assembly, context, site.kind === "scaled" ? site.scale : 1, this.#recipe.dtype));
			for (const tensor of ownTensors(block.tensors.values())) this.#shared.backend.countAs("weights", tensor);
			this.#blocks.push(block);
			return block;
		} finally {
			features?.release();
			lease.release();
		}
	}
	/** Frees all blocks and zeros, after a failure. */
	discard() {
		for (const block of this.#blocks) block.free();
		this.#shared.backend.free(...this.zeros);
	}
	/** Frees what only making the blocks needed. */
	end() {
		this.#prepared?.free();
	}
	async #prepare(method) {
		if (this.#prepared) return this.#prepared;
		if ("prepare" in method) {
			this.#sharedFraction = PREPARING;
			const onTensor = (label, fraction) => this.#options.onProgress?.({
				label: `all gaps: ${label}`,
				fraction: PREPARING * fraction
			});
			this.#prepared = await method.prepare({
				...this.#shared,
				onTensor
			});
		} else this.#prepared = {
			fill: method.fill,
			free: () => void 0
		};
		return this.#prepared;
	}
	#zero(shape) {
		const key = shape.join("×");
		const tensor = this.#zeros.get(key) ?? this.#shared.backend.zeros(shape, `zeros ${key}`);
		this.#zeros.set(key, tensor);
		return tensor;
	}
	#progress(place) {
		const done = this.#blocks.length;
		return (label, fraction) => this.#options.onProgress?.({
			label: `${place}: ${label}`,
			fraction: this.#sharedFraction + (1 - this.#sharedFraction) * (done + fraction) / this.#total
		});
	}
};
export { expand_exports as n, expand as t };

//# sourceMappingURL=expand-98tsOWKn.mjs.map