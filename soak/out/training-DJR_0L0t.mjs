import { D as kindOf, E as LlamaModel, F as weight, L as evaluate, M as attentionShape, N as forwardBlock, O as withBlock, V as progress, k as RopeTables } from "./cycles.mjs";
import { n as elements } from "./shape-DKf2iP5J.mjs";
import { i as countParameters, n as blockTensorName, r as countBlockParameters, t as blockShapes } from "./block-SzSOAUuq.mjs";
import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { n as shuffled, t as randomSource } from "./random-Ctrb54fu.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as Tape } from "./tape-tJbdEra0.mjs";
import { t as residentBlock } from "./block-handle-ChfCvndx.mjs";
import { t as WeightOverrides } from "./weight-overrides-C07zJfY3.mjs";
import { t as expand } from "./expand-98tsOWKn.mjs";
import { t as costOfTraining } from "./cost-of-training-BfO_OZr7.mjs";
import { n as methodOf } from "./methods-QHAmL5_U.mjs";
import { t as checkTokenIds } from "./windows-D37K7Awu.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
import { t as createYielder } from "./yielder-xjQqye8I.mjs";
import { t as digest$1 } from "./digest-DNkrmK8N.mjs";
// src/train/batches.ts
/**
* Cuts the examples of one step into batches of at most `size` windows. Every counted prediction has the same weight over all
* batches together, so the gradient does not depend on `size`. Shorter examples are padded at the end with weight 0; causal
* attention keeps the padding out of counted predictions.
*/
function batchesOf(examples, size) {
	const counted = examples.reduce((sum, { ids, from }) => sum + ids.length - from, 0);
	return Array.from({ length: Math.ceil(examples.length / size) }, (_, i) => batchOf(examples.slice(i * size, (i + 1) * size), 1 / counted));
}
function batchOf(examples, weight) {
	const length = Math.max(...examples.map(({ ids }) => ids.length)) - 1;
	const count = examples.length * length;
	const inputs = new Uint32Array(count);
	const targets = new Uint32Array(count);
	const weights = new Float32Array(count);
	for (const [i, { ids, from }] of examples.entries()) {
		const start = i * length;
		inputs.set(ids.subarray(0, -1), start);
		targets.set(ids.subarray(1), start);
		weights.fill(weight, start + from - 1, start + ids.length - 1);
	}
	return {
		windows: examples.length,
		inputs,
		targets,
		weights
	};
}
/**
* Returns which of `count` examples step `step` (from 1) trains on. Each epoch visits all examples in a new order drawn from the
* seed. Only these numbers decide it, so every arm sees the same batches in the same order.
*/
function examplesOfStep(step, size, count, seed) {
	const orders = /* @__PURE__ */ new Map();
	return Array.from({ length: size }, (_, i) => {
		const at = (step - 1) * size + i;
		const epoch = Math.floor(at / count);
		const order = orders.get(epoch) ?? shuffled(count, randomSource(seed * 65537 + epoch));
		orders.set(epoch, order);
		return order[at % count] ?? 0;
	});
}
// src/train/evaluation.ts
/** Returns the mean loss over the counted predictions of examples. */
async function meanLoss(model, examples, signal) {
	const { nll } = await evaluate(model, examples.map(({ ids }) => ids), { signal });
	let [sum, count, start] = [
		0,
		0,
		0
	];
	for (const { ids, from } of examples) {
		for (let i = from - 1; i < ids.length - 1; i++) sum += nll[start + i] ?? NaN;
		count += ids.length - from;
		start += ids.length - 1;
	}
	return sum / count;
}
// src/train/errors.ts
/** A training request or its data are not valid. The message names what was expected, what came and one next step. */
var TrainError = class extends Error {
	name = "TrainError";
};
/** The loss or the gradient is not finite, or the loss is far too large. */
var DivergedError = class extends Error {
	name = "DivergedError";
};
// src/train/memory.ts
/**
* Plans the memory of a training before it starts; keeps activations if they fit into the budget.
* @throws TrainError if it does not fit even with recomputed activations. The message says what would.
*/
function planMemory(model, trainable, { batch, context, budgetBytes }) {
	const plan = (windows, keep) => planOf(model, trainable, windows * context, keep);
	const { maxTensorBytes } = model.backend.info;
	const fits = (windows, keep) => plan(windows, keep).total <= budgetBytes && widestBytes(model.config, windows * context) <= maxTensorBytes;
	if (fits(batch, true)) return plan(batch, true);
	if (fits(batch, false)) return plan(batch, false);
	let fitting = batch - 1;
	while (fitting > 0 && !fits(fitting, false)) fitting--;
	const advice = fitting > 0 ? `A batch of ${fitting} would fit (accumulate gradients over ${Math.ceil(batch / fitting)} of them)` : "Not even one window would fit: train fewer blocks, or choose a shorter context";
	const widest = widestBytes(model.config, batch * context);
	if (widest > maxTensorBytes) throw new TrainError(`expected tensors of at most ${mebibytes(maxTensorBytes)}, the device's limit, got one of ${mebibytes(widest)} for ${batch} windows of ${context} tokens. ${advice}.`);
	const again = plan(batch, false);
	throw new TrainError(`expected a training that fits into ${mebibytes(budgetBytes)}, got one of ${mebibytes(again.total)} (${mebibytes(again.parameters + again.gradients + again.moments)} of parameters, gradients and moments). ${advice}.`);
}
function planOf(model, trainable, rows, keepActivations) {
	const { config, layers } = model;
	const parameters = 4 * countTrainable(config, trainable);
	const frozen = frozenBytes(config, layers.length);
	const lowest = trainable.embedding || config.tied && trainable.head ? 0 : Math.min(layers.length, ...trainable.blocks);
	const passed = layers.length - lowest;
	const tape = 4 * rows * tapeWidth(config);
	const stream = 4 * rows * config.hiddenSize;
	const activations = keepActivations ? passed * tape : passed * stream + (passed > 0 ? tape : 0);
	const chunk = Math.min(rows, model.logitRows);
	const working = (config.logitCap === null ? 8 : 12) * chunk * config.vocabSize + 6 * stream + tape;
	const total = frozen + 4 * parameters + activations + working;
	return {
		frozen,
		parameters,
		gradients: parameters,
		moments: 2 * parameters,
		activations,
		working,
		total,
		keepActivations
	};
}
/** Returns the number of trained parameters. */
function countTrainable(config, trainable) {
	const { blocks, tensors = () => true, embedding, finalNorm, head } = trainable;
	const block = [...blockShapes(config)].reduce((sum, [key, shape]) => sum + (tensors(key) ? elements(shape) : 0), 0);
	const matrices = config.tied ? Number(embedding || head) : Number(embedding) + Number(head);
	return blocks.length * block + matrices * config.vocabSize * config.hiddenSize + (finalNorm ? config.hiddenSize : 0);
}
/** Bytes of the largest activation tensor. Logits are not counted: they are cut into chunks. */
var widestBytes = ({ hiddenSize, intermediateSize, heads, headDim }, rows) => 4 * rows * Math.max(hiddenSize, intermediateSize, heads * headDim);
/** Number of values a tape holds per token. */
function tapeWidth(config) {
	const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
	const { norms, queryKeyNorms } = architectureOf(config);
	const streams = 2 + Object.keys(norms).length;
	const projected = (heads + kvHeads) * headDim * (queryKeyNorms ? 2 : 1);
	return streams * hiddenSize + projected + (heads + kvHeads) * headDim + 3 * intermediateSize;
}
/** Bytes of frozen weights: two per base weight, as in most checkpoints; new blocks are float32. */
var frozenBytes = (config, layers) => 2 * countParameters(config) + 4 * Math.max(0, layers - config.layers) * countBlockParameters(config);
var mebibytes = (bytes) => `${(bytes / 2 ** 20).toLocaleString("en-US", { maximumFractionDigits: 1 })} MiB`;
// src/train/clock.ts
/** Adds up the milliseconds of each part of a step. */
var Clock = class {
	times = {
		forward: 0,
		backward: 0,
		optimizer: 0
	};
	#start = performance.now();
	#mark = this.#start;
	/** Time since the clock was made. */
	get total() {
		return performance.now() - this.#start;
	}
	/** Adds the time since the last lap to `part`. */
	lap(part) {
		const now = performance.now();
		this.times[part] += now - this.#mark;
		this.#mark = now;
	}
};
/** Returns `milliseconds` divided into parts in the proportions of `times`. */
function divided(milliseconds, { forward, backward, optimizer }) {
	const scale = milliseconds / (forward + backward + optimizer);
	return {
		forward: scale * forward,
		backward: scale * backward,
		optimizer: scale * optimizer
	};
}
// src/llama/backward.ts
/**
* Backward pass of one block. `outputGradient` `[rows, hidden]` is the gradient of the loss by the block's output. Returns the
* gradient by its input, owned by the caller. Adds the gradients of the block's tensors to those in `pass.gradients`.
*/
function backwardBlock(pass, outputGradient, position) {
	const middle = backwardMlp(pass, outputGradient);
	try {
		return backwardAttention(pass, middle, position);
	} finally {
		pass.backend.free(middle);
	}
}
function backwardMlp(pass, outputGradient) {
	const { backend, config, block, tape } = pass;
	const { norms, activation } = architectureOf(config);
	const scope = new Scope(backend, "optimizer");
	try {
		const added = backwardAdded(pass, scope, outputGradient, norms.afterMlp, "made");
		addGradient(pass, "mlp.down_proj", added, tape.get("inner"));
		const inner = scope.own(backend.matmul(added, weight(block, "mlp.down_proj")));
		const { gate, up } = backend.swigluGradient(tape.get("gate"), tape.get("up"), inner, activation.kind);
		scope.own(gate);
		scope.own(up);
		const normed = tape.get("normedMiddle");
		addGradient(pass, "mlp.gate_proj", gate, normed);
		addGradient(pass, "mlp.up_proj", up, normed);
		const back = scope.own(backend.matmul(gate, weight(block, "mlp.gate_proj")));
		backend.matmul(up, weight(block, "mlp.up_proj"), {
			into: back,
			accumulate: true
		});
		const ofX = backwardNorm(pass, scope, tape.get("middle"), norms.beforeMlp, back);
		return backend.weightedSum(outputGradient, 1, ofX, 1);
	} finally {
		scope.free();
	}
}
function backwardAttention(pass, outputGradient, { windows, inverseRope }) {
	const { backend, config, block, tape } = pass;
	const { norms, queryKeyNorms } = architectureOf(config);
	const scope = new Scope(backend, "optimizer");
	try {
		const added = backwardAdded(pass, scope, outputGradient, norms.afterAttention, "attended");
		const mixed = tape.get("mixed");
		addGradient(pass, "self_attn.o_proj", added, mixed);
		const upstream = scope.own(backend.matmul(added, weight(block, "self_attn.o_proj")));
		const [q, k, v] = [
			tape.get("query"),
			tape.get("keys"),
			tape.get("values")
		];
		const shape = attentionShape(pass, {
			past: 0,
			windows
		});
		const turned = backend.attentionGradient({
			q,
			k,
			v,
			out: mixed,
			upstream
		}, shape);
		for (const tensor of Object.values(turned)) scope.own(tensor);
		const unturned = (slope, norm, raw) => {
			const back = inverseRope ? scope.own(backend.rope(slope, inverseRope, config.headDim, 0)) : slope;
			return queryKeyNorms ? backwardNorm(pass, scope, tape.get(raw), norm, back) : back;
		};
		const ofQuery = unturned(turned.q, "self_attn.q_norm", "rawQuery");
		const ofKeys = unturned(turned.k, "self_attn.k_norm", "rawKeys");
		const normed = tape.get("normed");
		addGradient(pass, "self_attn.q_proj", ofQuery, normed);
		addGradient(pass, "self_attn.k_proj", ofKeys, normed);
		addGradient(pass, "self_attn.v_proj", turned.v, normed);
		const back = scope.own(backend.matmul(ofQuery, weight(block, "self_attn.q_proj")));
		const more = {
			into: back,
			accumulate: true
		};
		backend.matmul(ofKeys, weight(block, "self_attn.k_proj"), more);
		backend.matmul(turned.v, weight(block, "self_attn.v_proj"), more);
		const ofX = backwardNorm(pass, scope, tape.get("input"), norms.beforeAttention, back);
		return backend.weightedSum(outputGradient, 1, ofX, 1);
	} finally {
		scope.free();
	}
}
/** Returns the gradient by the output of o_proj or down_proj, back through the residual factor and the norm after it. */
function backwardAdded(pass, scope, outputGradient, norm, raw) {
	const { backend, config, tape } = pass;
	const { residualScale } = config;
	const scaled = residualScale === 1 ? outputGradient : scope.own(backend.weightedSum(outputGradient, residualScale));
	return norm ? backwardNorm(pass, scope, tape.get(raw), norm, scaled) : scaled;
}
/** Returns the gradient by a norm's input `x`, owned by `scope`, and adds that by its gain; `upstream` where there is no norm. */
function backwardNorm({ backend, config, block, gradients }, scope, x, norm, upstream) {
	if (norm === void 0) return upstream;
	const { gainOffset } = architectureOf(config);
	const ofGain = gradients.get(`${norm}.weight`);
	const gain = weight(block, norm);
	return scope.own(backend.rmsNormGradient(x, gain, upstream, config.rmsNormEps, ofGain, gainOffset));
}
/** For y = x·Wᵀ + b, adds dyᵀ·x `[out, in]` to the gradient of W and the sum of dy's rows `[out]` to that of b. */
function addGradient({ backend, gradients }, name, dy, input) {
	const ofWeight = gradients.get(`${name}.weight`);
	if (ofWeight) backend.matmul(dy, input, {
		orientation: "tn",
		into: ofWeight,
		accumulate: true
	});
	const ofBias = gradients.get(`${name}.bias`);
	if (!ofBias) return;
	const [rows = 1] = dy.shape;
	const ones = backend.upload(new Float32Array(rows).fill(1), [1, rows], "f32", "ones");
	backend.matmul(ones, dy, {
		into: ofBias,
		accumulate: true
	});
	backend.free(ones);
}
// src/train/head.ts
/**
* Forward and backward pass of the head. Returns the loss Σ weights·(−log p(target)) `[1]` and its gradient by the final-normed
* `hidden` `[rows, hidden]`; the caller frees both. Adds gradients of trained head bands. Works on chunks of rows of the logits.
*/
async function headPass({ model, bands }, hidden, { targets, weights }, signal) {
	const { backend } = model;
	const kept = new Scope(backend, "optimizer");
	const [rows = 1, width = 1] = hidden.shape;
	try {
		const loss = kept.own(backend.zeros([1], "loss"));
		const hiddenGradient = kept.own(backend.zeros([rows, width], "slope of the hidden states"));
		for (let start = 0; start < rows; start += model.logitRows) {
			signal?.throwIfAborted();
			const count = Math.min(model.logitRows, rows - start);
			const scope = new Scope(backend, "activations");
			try {
				const part = count === rows ? hidden : scope.own(model.rows(hidden, start, count));
				const logits = scope.own(await model.logits(part, 0, count, signal));
				const index = scope.own(backend.upload(targets.slice(start, start + count), [count], "u32", "target ids"));
				const factors = scope.own(backend.upload(weights.slice(start, start + count), [count], "f32", "loss weights"));
				const nll = scope.own(backend.crossEntropy(logits, index));
				backend.matmul(factors, nll, {
					orientation: "nt",
					into: loss,
					accumulate: true
				});
				const slopes = scope.own(logitSlopes(model, logits, index, factors));
				for (const band of model.weights.head) {
					const into = bands.get(band)?.gradient;
					if (!into) continue;
					const columns = model.columns(slopes, band.rowStart, band.rows);
					backend.matmul(columns, part, {
						orientation: "tn",
						into,
						accumulate: true
					});
					if (columns !== slopes) backend.free(columns);
				}
				backend.copyRows(scope.own(await model.backwardLogits(slopes, signal)), hiddenGradient, start);
			} finally {
				scope.free();
			}
		}
		return {
			loss: kept.release(loss),
			hiddenGradient: kept.release(hiddenGradient)
		};
	} finally {
		kept.free();
	}
}
/** Returns the derivative of the weighted losses by the products with the head. It may overwrite `logits` and return them. */
function logitSlopes(model, logits, targets, factors) {
	const { backend, config } = model;
	const slopes = config.logitCap === null ? logits : backend.weightedSum(logits, 1);
	backend.crossEntropyGradient(slopes, targets, factors);
	const finished = model.backwardFinish(logits, slopes);
	if (slopes !== logits && slopes !== finished) backend.free(slopes);
	return finished;
}
// src/train/gradient-pass.ts
/**
* Forward and backward pass of a deeper model with trained parts. Back-propagation stops at the lowest trained tensor; no
* activations are kept below it.
*/
var GradientPass = class {
	#trained;
	#keepActivations;
	#ropes;
	/** Shape of the last batch, which most batches share. */
	#stack = {
		length: 0,
		windows: 0
	};
	constructor(trained, keepActivations) {
		this.#trained = trained;
		this.#keepActivations = keepActivations;
		this.#ropes = new RopeTables(trained.model.backend, trained.model.config);
	}
	/** Adds the gradients of one batch and returns its share of the loss `[1]`, which the caller frees. */
	async run(batch, { signal, afterBlock, afterForward }) {
		const trained = this.#trained;
		const { model, lowest } = trained;
		const { backend, config, weights } = model;
		const { inputs, windows } = batch;
		const scope = new Scope(backend, "activations");
		const kept = [];
		try {
			const stack = this.#stackOf(inputs.length / windows, windows);
			const stream = scope.own(await model.embed(inputs, signal));
			for (const [depth, layer] of model.layers.entries()) {
				signal?.throwIfAborted();
				await withBlock(model.weights, layer, signal, (block) => {
					const tape = depth >= lowest ? this.#keep(kept, stream) : void 0;
					const kind = kindOf(config, layer);
					const position = {
						rope: this.#ropes.of(kind, stack),
						past: 0,
						windows
					};
					forwardBlock({
						backend,
						config,
						block,
						kind
					}, stream, position, tape);
				});
				await afterBlock();
			}
			const head = await headPass(trained, scope.own(await model.normed(stream, signal)), batch, signal);
			scope.own(head.loss);
			scope.own(head.hiddenGradient);
			await afterForward();
			const ofGain = trained.finalNorm?.gradient;
			const eps = config.rmsNormEps;
			const { gainOffset } = architectureOf(config);
			let streamGradient = scope.own(await weights.withFinalNorm((gain) => backend.rmsNormGradient(stream, gain, head.hiddenGradient, eps, ofGain, gainOffset), signal));
			for (let depth = model.layers.length - 1; depth >= lowest; depth--) {
				signal?.throwIfAborted();
				const below = await this.#back(depth, kept.pop(), streamGradient, stack, signal);
				scope.free(streamGradient);
				streamGradient = scope.own(below);
				await afterBlock();
			}
			this.#backToEmbedding(inputs, streamGradient);
			return scope.release(head.loss);
		} finally {
			for (const left of kept) if ("tape" in left) left.tape.free();
			else backend.free(left.input);
			scope.free();
		}
	}
	free() {
		this.#ropes.free();
	}
	#stackOf(length, windows) {
		if (this.#stack.length !== length || this.#stack.windows !== windows) {
			this.#ropes.free();
			this.#stack = {
				length,
				windows
			};
		}
		return this.#stack;
	}
	#keep(kept, stream) {
		const { backend } = this.#trained.model;
		if (this.#keepActivations) {
			const tape = new Tape(backend);
			kept.push({ tape });
			return tape;
		}
		kept.push({ input: backend.countAs("activations", backend.weightedSum(stream, 1)) });
	}
	/** Backward pass of one block. Returns the gradient by its input, owned by the caller, and frees `kept`. */
	async #back(depth, kept, upstream, stack, signal) {
		const model = this.#trained.model;
		const { backend, config, layers } = model;
		const layer = layers[depth];
		if (!layer || !kept) throw new TrainError(`expected the activations of block ${depth}, got none. Report this as a bug.`);
		const tape = "tape" in kept ? kept.tape : new Tape(backend);
		try {
			return await withBlock(model.weights, layer, signal, (block) => {
				const kind = kindOf(config, layer);
				const context = {
					backend,
					config,
					block,
					kind
				};
				const { windows } = stack;
				if ("input" in kept) forwardBlock(context, kept.input, {
					rope: this.#ropes.of(kind, stack),
					past: 0,
					windows
				}, tape);
				const inverseRope = this.#ropes.inverseOf(kind, stack);
				const gradients = this.#trained.gradients(depth);
				return backwardBlock({
					...context,
					tape,
					gradients
				}, upstream, {
					windows,
					inverseRope
				});
			});
		} finally {
			tape.free();
			if ("input" in kept) backend.free(kept.input);
		}
	}
	#backToEmbedding(ids, streamGradient) {
		const { bands, model } = this.#trained;
		const { backend, config, weights } = model;
		const learning = weights.embedding.filter((band) => bands.has(band));
		if (learning.length === 0) return;
		const scope = new Scope(backend, "optimizer");
		try {
			const index = scope.own(backend.upload(ids, [ids.length], "u32", "token ids"));
			const { embeddingScale } = config;
			const rows = embeddingScale === 1 ? streamGradient : scope.own(backend.weightedSum(streamGradient, embeddingScale));
			for (const band of learning) {
				const into = bands.get(band)?.gradient;
				if (into) backend.scatterAdd(rows, index, into, band.rowStart);
			}
		} finally {
			scope.free();
		}
	}
};
// src/train/parameters.ts
/** Owns all tensors that a trainer updates, until `free`. */
var Parameters = class {
	all = [];
	#backend;
	#scope;
	constructor(backend) {
		this.#backend = backend;
		this.#scope = new Scope(backend);
	}
	/** Returns an f32 copy that is not trained, owned by this object. */
	async copy(tensor) {
		const copy = this.#scope.own(this.#backend.countAs("weights", this.#backend.weightedSum(tensor, 1)));
		this.#backend.write(copy, await this.#backend.read(copy));
		return copy;
	}
	/** Adds a trained copy of a tensor. */
	async add(name, tensor) {
		const parameter = {
			name,
			value: await this.copy(tensor),
			moments: this.#zeros([2, ...tensor.shape], `moments of ${name}`),
			gradient: this.#zeros(tensor.shape, `gradient of ${name}`)
		};
		this.all.push(parameter);
		return parameter;
	}
	clearGradients() {
		for (const parameter of this.all) {
			const { shape, label } = parameter.gradient;
			this.#scope.free(parameter.gradient);
			parameter.gradient = this.#zeros(shape, label);
		}
	}
	/** Sets the moments to zero, as before the first step. */
	clearMoments() {
		for (const { moments } of this.all) this.#backend.write(moments, new Float32Array(moments.bytes / 4));
	}
	free() {
		this.#scope.free();
	}
	#zeros(shape, label) {
		return this.#scope.own(this.#backend.countAs("optimizer", this.#backend.zeros(shape, label)));
	}
};
// src/train/trained.ts
/** A model in which some tensors are replaced by trained copies. The base's own tensors are never written. */
var TrainedModel = class TrainedModel {
	parameters;
	/** Parameters of each trained block by its index, keyed as in `blockShapes`. */
	blocks = /* @__PURE__ */ new Map();
	/** Parameters of trained bands of embedding and head. */
	bands = /* @__PURE__ */ new Map();
	finalNorm;
	trainable;
	#base;
	/** New blocks with frozen tensors in use. */
	#held = [];
	#model;
	constructor(base, trainable) {
		this.trainable = trainable;
		this.parameters = new Parameters(base.backend);
		this.#base = base;
		this.#model = base;
	}
	/** @throws TrainError if nothing would be trained, or a block does not exist. */
	static async open(base, trainable, signal) {
		const made = new TrainedModel(base, trainable);
		try {
			await made.#copy(base, signal);
			return made;
		} catch (error) {
			made.free();
			throw error;
		}
	}
	/** The model as trained so far. */
	get model() {
		return this.#model;
	}
	/** The lowest block that back-propagation passes through; the number of blocks if it passes through none. */
	get lowest() {
		return this.#embeds ? 0 : Math.min(this.#model.layers.length, ...this.blocks.keys());
	}
	/** Returns the gradient tensors of a block's parameters, keyed as in `blockShapes`. */
	gradients(depth) {
		return new Map([...this.blocks.get(depth) ?? []].map(([key, { gradient }]) => [key, gradient]));
	}
	/** Returns by tensor name of the trained blocks: `distance` = ‖now − initial‖ and `from` = ‖initial‖. */
	async moved(signal) {
		const { backend } = this.#base;
		const names = [];
		const scope = new Scope(backend);
		try {
			const squares = [];
			for (const [index, parameters] of this.blocks) {
				const layer = this.#base.layers[index];
				if (!layer || parameters.size === 0) continue;
				await withBlock(this.#base.weights, layer, signal, (start) => {
					const pairs = [];
					for (const [key, { name, value }] of parameters) {
						const begun = start.get(key);
						if (!begun) continue;
						names.push(name);
						pairs.push(backend.weightedSum(value, 1, begun, -1), begun);
					}
					squares.push(scope.own(backend.squaredNorms(pairs)));
					backend.free(...pairs.filter((_, i) => i % 2 === 0));
				});
			}
			const norms = (await Promise.all(squares.map((tensor) => backend.read(tensor)))).flatMap((values) => Array.from(values, Math.sqrt));
			return new Map(names.map((name, i) => [name, {
				distance: norms[2 * i] ?? NaN,
				from: norms[2 * i + 1] ?? NaN
			}]));
		} finally {
			scope.free();
		}
	}
	free() {
		this.parameters.free();
		for (const block of this.#held.splice(0)) block.release();
	}
	get #embeds() {
		return this.#model.weights.embedding.some((band) => this.bands.has(band));
	}
	async #copy(base, signal) {
		const { backend, config, weights } = base;
		const { blocks, embedding, finalNorm, head } = this.trainable;
		const layers = [...base.layers];
		for (const index of blocks) {
			const layer = base.layers[index];
			if (layer === void 0 || this.blocks.has(index)) throw new TrainError(`expected different blocks from 0 to ${base.layers.length - 1} to train, got ${blocks.join(", ")}. Name each once.`);
			const block = await this.#trainedBlock(weights, layer, index, signal);
			layers[index] = {
				kind: "new",
				like: layer.kind === "new" ? layer.like : layer.index,
				block: residentBlock(block)
			};
		}
		const names = architectureOf(config);
		for (const band of [...embedding ? weights.embedding : [], ...head ? weights.head : []]) {
			if (this.bands.has(band)) continue;
			this.bands.set(band, await weights.withBand(band, (rows) => this.parameters.add(band.name, rows), signal));
		}
		if (finalNorm) this.finalNorm = await weights.withFinalNorm((gain) => this.parameters.add(names.finalNorm, gain), signal);
		if (this.parameters.all.length === 0) throw new TrainError("expected at least one tensor to train, got none. Choose blocks that learn.");
		const values = new Map([...this.bands].map(([band, { value }]) => [band, value]));
		this.#model = new LlamaModel(backend, config, new WeightOverrides(weights, values, this.finalNorm?.value), layers);
	}
	async #trainedBlock(weights, layer, index, signal) {
		const { config } = weights;
		if (layer.kind === "base") return withBlock(weights, layer, signal, (tensors) => this.#block(config, index, tensors, (frozen) => this.parameters.copy(frozen)));
		const tensors = await layer.block.acquire(signal);
		this.#held.push(layer.block);
		return this.#block(config, index, tensors, async (frozen) => frozen);
	}
	async #block(config, index, tensors, keep) {
		const { tensors: learns = () => true } = this.trainable;
		const learning = /* @__PURE__ */ new Map();
		const block = /* @__PURE__ */ new Map();
		for (const key of blockShapes(config).keys()) {
			const tensor = tensors.get(key);
			if (!tensor) continue;
			if (learns(key)) {
				const parameter = await this.parameters.add(blockTensorName(config, index, key), tensor);
				learning.set(key, parameter);
				block.set(key, parameter.value);
			} else block.set(key, await keep(tensor));
		}
		this.blocks.set(index, learning);
		return block;
	}
};
// src/train/trainer.ts
/** On a GPU, shorter steps are not waited for one by one, because a wait takes some milliseconds. */
var QUICK_STEP_MS = 50;
/** Time of computing after which quick steps are reported. */
var REPORT_MS = 100;
/**
* Trains a part of a deeper model with AdamW; the rest is frozen. Steps can be enqueued without waiting for their results, so that
* a GPU never idles between them.
*/
var Trainer = class Trainer {
	trained;
	/** Number of AdamW steps since the moments were last zero. */
	steps = 0;
	#options;
	#pass;
	#pending = [];
	/** Time spent on the pending steps so far. */
	#spent = 0;
	/** Of the last step that was timed; the first one is. */
	#parts = {
		forward: 1,
		backward: 2,
		optimizer: 0
	};
	/** Mean of the steps reported last. */
	#stepMs = Infinity;
	constructor(trained, options) {
		this.trained = trained;
		this.#options = options;
		this.#pass = new GradientPass(trained, options.keepActivations);
	}
	/** @throws TrainError if nothing would be trained, or a block does not exist. */
	static async open(base, trainable, options, signal) {
		return new Trainer(await TrainedModel.open(base, trainable, signal), options);
	}
	/** The model as trained so far. */
	get model() {
		return this.trained.model;
	}
	/** True if the enqueued steps should be reported now: always on the CPU and for slow steps, else about ten times a second. */
	get reportDue() {
		return !this.#quick || this.#spent >= REPORT_MS;
	}
	/**
	* Does one step with learning rate `rate` on batches whose weights together sum to 1, and reports it.
	* @throws DivergedError if loss or gradient are not finite; the parameters are then lost. AbortError; it leaves them unchanged.
	*/
	async step(batches, rate, signal) {
		await this.enqueue(batches, rate, signal);
		const report = (await this.collect()).at(-1);
		if (!report) throw new TrainError("expected the report of a step, got none. Report this as a bug.");
		checkFinite(report);
		return report;
	}
	/** Enqueues one step; `collect` reports it. Waits only for earlier work. @throws AbortError; it leaves the parameters unchanged. */
	async enqueue(batches, rate, signal) {
		const { parameters } = this.trained;
		const { backend } = this.model;
		const waits = !this.#quick;
		const clock = new Clock();
		const lap = async (part) => {
			if (!waits) return;
			await this.#finished();
			clock.lap(part);
		};
		const scope = new Scope(backend);
		try {
			parameters.clearGradients();
			const losses = [];
			for (const batch of batches) {
				const loss = await this.#pass.run(batch, {
					signal,
					afterBlock: () => waits ? backend.settle() : void 0,
					afterForward: () => lap("forward")
				});
				losses.push(scope.own(loss));
				await lap("backward");
			}
			const squaredNorms = scope.own(backend.squaredNorms(parameters.all.map(({ gradient }) => gradient)));
			signal?.throwIfAborted();
			const { betas, eps, weightDecay, clip } = this.#options;
			const gradientFactor = (clip === null ? void 0 : scope.own(backend.clipFactor(squaredNorms, clip))) ?? 1;
			const step = ++this.steps;
			backend.adamW(parameters.all, {
				rate,
				betas,
				eps,
				weightDecay,
				step,
				gradientFactor
			});
			await lap("optimizer");
			if (!waits) await backend.settle();
			for (const tensor of [...losses, squaredNorms]) scope.release(tensor);
			this.#pending.push({
				losses,
				squaredNorms,
				times: waits ? clock.times : void 0
			});
		} finally {
			scope.free();
			this.#spent += clock.total;
		}
	}
	/** Waits for all enqueued steps and reports them in order. Their numbers may not be finite. */
	async collect() {
		const pending = this.#pending;
		if (pending.length === 0) return [];
		this.#pending = [];
		const clock = new Clock();
		const { backend } = this.model;
		const scope = new Scope(backend);
		try {
			for (const { losses, squaredNorms } of pending) for (const tensor of [...losses, squaredNorms]) scope.own(tensor);
			const tensors = this.trained.parameters.all.length;
			const allLosses = scope.own(rowsOf(backend, pending.flatMap(({ losses }) => losses)));
			const allNorms = scope.own(rowsOf(backend, pending.map(({ squaredNorms }) => squaredNorms)));
			const [lossRows, normRows] = await Promise.all([backend.read(allLosses), backend.read(allNorms)]);
			this.#stepMs = (this.#spent + clock.total) / pending.length;
			let first = 0;
			return pending.map(({ losses, times }, i) => {
				const parts = lossRows.subarray(first, first += losses.length);
				const norms = Float64Array.from(normRows.subarray(i * tensors, (i + 1) * tensors), Math.sqrt);
				this.#parts = times ?? this.#parts;
				return {
					loss: parts.reduce((sum, loss) => sum + loss, 0),
					gradientNorm: Math.hypot(...norms),
					gradientNorms: norms,
					milliseconds: times ?? divided(this.#stepMs, this.#parts)
				};
			});
		} finally {
			scope.free();
			this.#spent = 0;
		}
	}
	free() {
		for (const { losses, squaredNorms } of this.#pending) this.model.backend.free(...losses, squaredNorms);
		this.#pending = [];
		this.#pass.free();
		this.trained.free();
	}
	get #quick() {
		return this.model.backend.info.kind === "webgpu" && this.#stepMs < QUICK_STEP_MS;
	}
	/** Waits until the device has finished all queued work. */
	async #finished() {
		const { backend } = this.model;
		const probe = backend.zeros([1], "probe");
		try {
			await backend.read(probe);
		} finally {
			backend.free(probe);
		}
	}
};
/** Copies vectors of one length to the rows of a matrix, which the caller frees. */
function rowsOf(backend, vectors) {
	const [width = 1] = vectors[0]?.shape ?? [];
	const rows = backend.zeros([vectors.length, width], "reports");
	for (const [i, vector] of vectors.entries()) backend.copyRows(vector, rows, i);
	return rows;
}
/** @throws DivergedError if loss or gradient are not finite. */
function checkFinite({ loss, gradientNorm }) {
	if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
	throw new DivergedError(`expected a finite loss and gradient, got a loss of ${loss} and a gradient of norm ${gradientNorm}. Take a smaller learning rate.`);
}
// src/engine/training/trainable.ts
/** Returns what a recipe trains of its deeper model. */
function trainableOf(recipe, deeper) {
	const { tensors, embedding, finalNorm, head } = recipe.training;
	const blocks = trainsAll(recipe, deeper) ? Array.from(deeper.layers, (_, index) => index) : deeper.newLayers;
	const learns = tensors && new Set(tensors);
	return {
		blocks,
		embedding,
		finalNorm,
		head,
		...learns ? { tensors: (key) => learns.has(key.replace(/\.(weight|bias)$/, "")) } : {}
	};
}
/** Returns the cost of a training step by the model of method.md 7.5, in forward passes of one block. */
var stepCostOf = (recipe, deeper) => costOfTraining(trainsAll(recipe, deeper) ? void 0 : deeper, deeper.layers.length).trainStepCost;
/** True if all blocks are trained, as by default in a model without new blocks. */
function trainsAll({ method, training: { trains } }, { newLayers }) {
	if (trains !== "method") return trains === "all";
	return methodOf(method).trains === "all" || newLayers.length === 0;
}
// src/train/schedule.ts
/**
* Returns the learning rate of step 1 … `steps`: linear warm-up over the share `warmup`, then `constant`, `cosine` (half a cosine
* down to 0; Loshchilov and Hutter 2017), or warmup–stable–decay (Hu et al. 2024), which falls linearly over the last share
* `decay`. Falling rates would reach 0 one step after the last.
*/
function learningRate({ schedule, rate, warmup, decay }, steps, step) {
	const rising = Math.ceil(warmup * steps);
	if (step <= rising) return rate * step / rising;
	if (schedule === "constant") return rate;
	if (schedule === "cosine") return rate / 2 * (1 + Math.cos(Math.PI * (step - rising) / (steps + 1 - rising)));
	return rate * Math.min(1, (steps + 1 - step) / Math.max(1, Math.ceil(decay * steps)));
}
// src/train/state.ts
var FORMAT = "interlayer training 1";
/**
* Serialises a training: eight bytes of header length, a JSON header, then values, first and second moments of every tensor in
* float32. Nothing is rounded, so a restored run gives the same numbers.
*/
async function saveState(backend, { all }, key, progress) {
	const tensors = all.map(({ name, value }) => ({
		name,
		shape: value.shape
	}));
	const text = new TextEncoder().encode(JSON.stringify({
		format: FORMAT,
		key,
		...progress,
		tensors
	}));
	const start = 8 + Math.ceil(text.length / 4) * 4;
	const size = all.reduce((sum, { value }) => sum + 3 * value.bytes, 0);
	const file = new Uint8Array(start + size);
	new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
	file.fill(32, 8, start);
	file.set(text, 8);
	let offset = start;
	for (const { value, moments } of all) for (const tensor of [value, moments]) {
		new Float32Array(file.buffer, offset, tensor.bytes / 4).set(await backend.read(tensor));
		offset += tensor.bytes;
	}
	return file;
}
/** Restores a saved training. @throws TrainError if the bytes are not a complete state of this training; changes nothing then. */
function restoreState(backend, { all }, key, state) {
	const file = state.slice();
	const { header, start } = readHeader(file);
	if (header.key !== key) throw new TrainError("expected a state of this training, got one of another recipe, model or text. Continue it with its own, or start anew.");
	const size = all.reduce((sum, { value }) => sum + 3 * value.bytes, 0);
	const wanted = JSON.stringify(all.map(({ name, value }) => ({
		name,
		shape: value.shape
	})));
	if (JSON.stringify(header.tensors) !== wanted || file.length - start !== size) throw damaged();
	let offset = start;
	for (const { value, moments } of all) for (const tensor of [value, moments]) {
		backend.write(tensor, new Float32Array(file.buffer, offset, tensor.bytes / 4));
		offset += tensor.bytes;
	}
	const { step, moments, tokens, losses, evaluations } = header;
	return {
		step,
		moments,
		tokens,
		losses,
		evaluations
	};
}
function readHeader(file) {
	if (file.length < 8) throw damaged();
	const length = Number(new DataView(file.buffer).getBigUint64(0, true));
	if (length > file.length - 8) throw damaged();
	try {
		const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
		if (header?.format === FORMAT) return {
			header,
			start: 8 + length
		};
	} catch {}
	throw damaged();
}
var damaged = () => new TrainError("expected the saved state of a training, got a damaged or another file. Start the training anew.");
// src/train/run.ts
/** A run has diverged if its loss exceeds both 2·log V (log V: loss of a uniform guess) and 1.5 times its first loss. */
var DIVERGED_UNIFORM_FACTOR = 2;
var DIVERGED_FIRST_FACTOR = 1.5;
/**
* A training from first to last step: texts for `steps`, then pairs for `tuningSteps` with new moments and a new schedule.
* On one backend, the same settings and data give the same numbers, however often it is interrupted and restored.
*/
var TrainingRun = class TrainingRun {
	trainer;
	losses = [];
	/** Number of counted predictions so far. */
	tokens = 0;
	/** The caller adds evaluations here; they are saved with the state. */
	evaluations = [];
	/** The last automatically saved state (every tenth of the steps) after which the run had not diverged. */
	lastGoodState;
	/** Steps that were done in it. */
	lastGoodStep = 0;
	#settings;
	#data;
	#key;
	#enqueued = [];
	#diverged = false;
	constructor(trainer, { identity, settings, data, trainable }) {
		this.trainer = trainer;
		this.#settings = settings;
		this.#data = data;
		const { blocks, embedding, finalNorm, head } = trainable;
		const what = JSON.stringify([
			identity,
			settings,
			blocks,
			embedding,
			finalNorm,
			head
		]);
		this.#key = `${what} ${digest([...data.text, ...data.pairs])}`;
	}
	static async open(base, options, signal) {
		const { betas, eps, weightDecay, clip } = options.settings;
		const { trainable, keepActivations } = options;
		const adamW = {
			betas,
			eps,
			weightDecay,
			clip,
			keepActivations
		};
		return new TrainingRun(await Trainer.open(base, trainable, adamW, signal), options);
	}
	/** Number of steps done, with those on their way. */
	get step() {
		return this.losses.length + this.#enqueued.length;
	}
	/** Total number of steps. */
	get steps() {
		return this.#settings.steps + this.#settings.tuningSteps;
	}
	/** True if all steps are done or the run has diverged. */
	get done() {
		return this.#diverged || this.step >= this.steps;
	}
	/**
	* Does one step. It may be reported by a later call or by `collect`, the last step by this call. An abort changes nothing.
	* @throws DivergedError if loss or gradient are not finite or the loss is far too large; then `lastGoodState` is restored and
	*   the run is done. AbortError.
	*/
	async advance({ signal, onStep } = {}) {
		const done = this.step;
		const step = done + 1;
		const { steps, tuningSteps, batch, accumulation, seed } = this.#settings;
		const texts = step <= steps;
		const [within, length] = texts ? [step, steps] : [step - steps, tuningSteps];
		const due = this.lastGoodState === void 0 || done % Math.max(10, Math.ceil(this.steps / 10)) === 0;
		if (due) await this.collect(onStep);
		if (within === 1 && this.trainer.steps > 0) this.#beginStage();
		const state = due ? await this.save() : void 0;
		if (this.lastGoodState === void 0) [this.lastGoodState, this.lastGoodStep] = [state, done];
		const from = texts ? this.#data.text : this.#data.pairs;
		const picked = examplesOfStep(within, batch * accumulation, from.length, seed).flatMap((i) => from[i] ?? []);
		const rate = learningRate(this.#settings, length, within);
		await this.trainer.enqueue(batchesOf(picked, batch), rate, signal);
		const tokens = picked.reduce((sum, { ids, from: first }) => sum + ids.length - first, 0);
		this.#enqueued.push({
			step,
			stage: texts ? "text" : "pairs",
			rate,
			tokens,
			state
		});
		if (this.trainer.reportDue || this.done) await this.collect(onStep);
	}
	/** Waits for the steps on their way. @throws DivergedError as `advance`. */
	async collect(onStep) {
		const enqueued = this.#enqueued;
		const reports = await this.trainer.collect();
		this.#enqueued = [];
		for (const [i, { state, ...facts }] of enqueued.entries()) {
			const report = reports[i];
			if (!report) continue;
			this.#check(facts.step, report);
			if (state) [this.lastGoodState, this.lastGoodStep] = [state, facts.step - 1];
			this.losses.push(report.loss);
			this.tokens += facts.tokens;
			onStep?.({
				...report,
				...facts
			});
		}
	}
	/** Returns the state as bytes, for `restore` in a run of the same settings and data. */
	async save() {
		await this.collect();
		const { trained, steps: moments } = this.trainer;
		const { step, tokens, losses, evaluations } = this;
		const progress = {
			step,
			moments,
			tokens,
			losses,
			evaluations
		};
		return saveState(trained.model.backend, trained.parameters, this.#key, progress);
	}
	/** @throws TrainError if the bytes are not a state of this training. */
	restore(state) {
		const { trained } = this.trainer;
		const progress = restoreState(trained.model.backend, trained.parameters, this.#key, state);
		this.trainer.steps = progress.moments;
		this.tokens = progress.tokens;
		this.losses.splice(0, Infinity, ...progress.losses);
		this.evaluations.splice(0, Infinity, ...progress.evaluations);
	}
	free() {
		this.trainer.free();
	}
	#beginStage() {
		this.trainer.trained.parameters.clearMoments();
		this.trainer.steps = 0;
	}
	/** @throws DivergedError after restoring the last good state. */
	#check(step, report) {
		try {
			checkFinite(report);
			const uniform = Math.log(this.trainer.model.config.vocabSize);
			const first = DIVERGED_FIRST_FACTOR * (this.losses[0] ?? Infinity);
			const most = Math.max(DIVERGED_UNIFORM_FACTOR * uniform, first);
			if (report.loss <= most) return;
			throw new DivergedError(`expected a loss of at most ${most.toFixed(2)}, got ${report.loss.toFixed(2)}. Take a smaller learning rate.`);
		} catch (error) {
			if (!(error instanceof DivergedError)) throw error;
			this.#diverged = true;
			if (this.lastGoodState) this.restore(this.lastGoodState);
			throw new DivergedError(`step ${step}: ${error.message} The state of step ${this.step} is kept.`, { cause: error });
		}
	}
};
/** FNV-1a hash of all token ids, lengths and `from` indices. */
function digest(examples) {
	let hash = 2166136261;
	const add = (value) => {
		hash = Math.imul(hash ^ value, 16777619);
	};
	for (const { ids, from } of examples) {
		add(from);
		add(ids.length);
		for (const id of ids) add(id);
	}
	return (hash >>> 0).toString(16);
}
// src/train/documents.ts
/** The line between two texts of a `.txt` file. */
var DIVIDER = /^\s*\*\*\*\s*$/m;
/**
* Returns the texts of a file: the field `text` of every line of a `.jsonl` file, else the parts between lines of `***`.
* @throws TrainError if a line of a `.jsonl` file is not an object with a text (names the line), or the file has no text.
*/
function documentsOf(name, content) {
	const filled = (isJsonl(name) ? jsonLines(name, content).map(({ line, fields }) => field(name, line, fields, ["text"])) : content.split(DIVIDER).map((text) => text.trim())).filter((text) => text !== "");
	if (filled.length > 0) return filled;
	throw new TrainError(`${name}: expected a text, got an empty file. Choose another file.`);
}
var isJsonl = (name) => /\.(jsonl|ndjson)$/i.test(name);
/** Parses a file with one JSON object per line; skips empty lines. @throws TrainError naming the line. */
function jsonLines(name, content) {
	const found = [];
	for (const [i, text] of content.split(/\r?\n/).entries()) {
		if (text.trim() === "") continue;
		const line = i + 1;
		let value;
		try {
			value = JSON.parse(text);
		} catch {
			throw wrong(name, line, "a JSON object", JSON.stringify(text.slice(0, 40)));
		}
		if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name, line, "a JSON object", JSON.stringify(value).slice(0, 40));
		found.push({
			line,
			fields: value
		});
	}
	return found;
}
/** Returns the first of the fields `names` that is present. @throws TrainError naming file, line and field. */
function field(name, line, fields, names) {
	const found = names.find((key) => fields[key] !== void 0);
	const value = found === void 0 ? void 0 : fields[found];
	if (typeof value === "string" && value.trim() !== "") return value;
	const got = found === void 0 ? `only ${Object.keys(fields).join(", ") || "an empty object"}` : JSON.stringify(value);
	throw wrong(name, line, `a text in the field ${names.join(" or ")}`, got);
}
var wrong = (name, line, expected, got) => new TrainError(`${name}, line ${line}: expected ${expected}, got ${got}. Correct that line.`);
// src/train/examples.ts
/**
* Packs texts into examples as OpT-DeUS's authors do: appends the end-of-sequence token to each, joins all, cuts windows of
* `context + 1` tokens and drops the tail.
* @throws TrainError if the texts are too short for one window.
*/
function packTexts(texts, eos, context) {
	const joined = texts.flatMap((ids) => eos === void 0 ? [...ids] : [...ids, eos]);
	const length = context + 1;
	const windows = Array.from({ length: Math.floor(joined.length / length) }, (_, i) => ({
		ids: Uint32Array.from(joined.slice(i * length, (i + 1) * length)),
		from: 1
	}));
	if (windows.length > 0) return windows;
	throw new TrainError(`expected a text of at least ${length} tokens, one window, got ${joined.length}. Give a longer text or a shorter context.`);
}
// src/train/instructions.ts
/**
* Reads the pairs of a `.jsonl` file. Field names as in Alpaca: `instruction` (or `prompt`), optional `input`, and `response`
* (or `output`).
* @throws TrainError if a line lacks a field (names the line), or the file has no pairs.
*/
function instructionPairs(name, content) {
	const pairs = jsonLines(name, content).map(({ line, fields }) => {
		const input = fields["input"];
		const context = typeof input === "string" && input !== "" ? `\n${input}` : "";
		const instruction = field(name, line, fields, ["instruction", "prompt"]) + context;
		const response = field(name, line, fields, ["response", "output"]);
		return {
			prompt: `Question: ${instruction}\nAnswer:`,
			response: ` ${response.trim()}`
		};
	});
	if (pairs.length > 0) return pairs;
	throw new TrainError(`${name}: expected instruction pairs, one on each line, got none. Choose another file.`);
}
/**
* Encodes each pair as one example of at most `context + 1` tokens. The response's tokens are those that follow the prompt's
* when both are encoded together, or its own where a token would span both.
* @throws TrainError if no token of any response fits.
*/
async function encodePairs(pairs, encode, eos, context) {
	const [start] = await encode("");
	const alone = async (text) => {
		const ids = await encode(text);
		return start !== void 0 && ids[0] === start ? ids.slice(1) : ids;
	};
	const examples = [];
	let cut = 0;
	for (const { prompt, response } of pairs) {
		const read = await encode(prompt);
		const joint = await encode(prompt + response);
		const answer = read.every((id, i) => joint[i] === id) ? joint.slice(read.length) : await alone(response);
		const all = [
			...read,
			...answer,
			...eos === void 0 ? [] : [eos]
		];
		if (all.length > context + 1) cut++;
		const kept = all.slice(0, context + 1);
		if (kept.length > read.length && read.length > 0) examples.push({
			ids: Uint32Array.from(kept),
			from: read.length
		});
	}
	const dropped = pairs.length - examples.length;
	if (examples.length > 0) return {
		examples,
		cut: cut - dropped,
		dropped
	};
	throw new TrainError(`expected a response that begins within ${context} tokens, got none in ${pairs.length} pairs. Choose a longer context.`);
}
// src/engine/training/data.ts
/** How long to tokenise before the event loop may handle messages. */
var SLICE_MS = 30;
/**
* Tokenises texts and cuts them into examples; between two documents it may be cancelled. `onProgress` gets the share of the
* texts that has been tokenised.
* @throws TrainError for unusable texts; TokenizerError without a tokenizer; the signal's reason.
*/
async function trainingData(model, texts, { context, steps, tuningSteps }, { signal, onProgress } = {}) {
	const { config } = model;
	if (context > config.context) throw new RequestError(`train: expected a context of at most ${config.context} tokens, which the model is made for, got ${context}. Choose a shorter one.`);
	const missing = steps > 0 && !texts.train ? "text" : tuningSteps > 0 && !texts.pairs ? "instruction pairs" : "";
	if (missing !== "" || steps + tuningSteps === 0) throw new RequestError(missing === "" ? "train: expected at least 1 step, got 0. Give a larger budget." : `train: expected ${missing} to learn from, got none. Choose a file, or train 0 steps on them.`);
	const tokenizer = await model.tokenizer();
	const [eos] = config.eosIds;
	const pause = createYielder(SLICE_MS, signal);
	const total = [
		texts.train,
		texts.pairs,
		texts.heldout,
		texts.retention,
		texts.heldoutPairs
	].reduce((sum, text) => sum + (text?.content.length ?? 0), 0);
	let done = 0;
	const encode = async (text) => {
		await pause();
		const ids = [...checkTokenIds(tokenizer.encode(text), config.vocabSize)];
		done += text.length;
		onProgress?.(Math.min(1, done / total));
		return ids;
	};
	const reports = [];
	const packText = async (text) => {
		if (!text) return void 0;
		const documents = documentsOf(text.name, text.content);
		const ids = [];
		for (const document of documents) ids.push(await encode(document));
		const all = ids.flat();
		const examples = packTexts(ids, eos, context);
		reports.push({
			name: text.name,
			texts: documents.length,
			tokens: all.length,
			examples: examples.length,
			unknown: tokenizer.countUnknown(all),
			charactersPerToken: documents.reduce((sum, { length }) => sum + length, 0) / all.length
		});
		return examples;
	};
	const packPairs = async (text) => {
		if (!text) return void 0;
		const pairs = instructionPairs(text.name, text.content);
		const { examples, cut, dropped } = await encodePairs(pairs, encode, eos, context);
		const all = examples.flatMap(({ ids }) => [...ids]);
		const characters = pairs.reduce((sum, { prompt, response }) => sum + prompt.length + response.length, 0);
		reports.push({
			name: text.name,
			texts: pairs.length,
			tokens: all.length,
			examples: examples.length,
			unknown: tokenizer.countUnknown(all),
			charactersPerToken: characters / all.length,
			cut,
			dropped
		});
		return examples;
	};
	const { text, heldout } = splitHeldOut(steps > 0 ? await packText(texts.train) ?? [] : [], texts);
	return {
		text,
		pairs: tuningSteps > 0 ? await packPairs(texts.pairs) ?? [] : [],
		heldout: heldout ?? await packText(texts.heldout),
		retention: await packText(texts.retention),
		response: await packPairs(texts.heldoutPairs),
		reports
	};
}
/** Holds out the last windows of the training text if there is no held-out text. */
function splitHeldOut(windows, { heldout, heldOutShare = 0 }) {
	if (heldout || heldOutShare === 0 || windows.length === 0) return { text: windows };
	const count = Math.ceil(heldOutShare * windows.length);
	if (count < windows.length) return {
		text: windows.slice(0, -count),
		heldout: windows.slice(-count)
	};
	throw new RequestError("train: expected a text of at least 2 windows, one of them to measure, got 1. Give a longer text or a shorter context, or a text to measure.");
}
// src/engine/training/shared-data.ts
/** The last one; races take place one after another. */
var lastData = {
	make: () => ({}),
	clear: (cache) => {
		delete cache.key;
		delete cache.shared;
	}
};
/** Returns the examples of these texts, tokenised once for all arms. @throws as `trainingData`. */
async function sharedData(workspace, texts, { context, steps, tuningSteps }, job) {
	const cache = workspace.get(lastData);
	const key = JSON.stringify([
		texts,
		context,
		steps > 0,
		tuningSteps > 0
	]);
	if (cache.shared && cache.key === key) return cache.shared;
	const shared = { data: await trainingData(workspace.model, texts, {
		context,
		steps,
		tuningSteps
	}, {
		signal: job.signal,
		onProgress: progress(job, "Tokenising the texts")
	}) };
	Object.assign(cache, {
		key,
		shared
	});
	return shared;
}
// src/engine/training/training.ts
/** Default memory budget of a training. */
var MEMORY_BYTES = 4 * 2 ** 30;
/** Default number of evaluations after the start, the last one included. */
var EVALUATIONS = 5;
var LOSS_NAMES = {
	heldout: "held-out text",
	retention: "retention text",
	response: "held-out responses"
};
/** One arm on the device: its deeper model, its training run and its measurements. */
var Training = class Training {
	key;
	recipe;
	expansion;
	run;
	/** The model before the first step. */
	start;
	/** Why training stopped early. */
	diverged;
	/** Why the state could not be stored. */
	unkept;
	/** Step of the stored state. */
	keptStep;
	#shared;
	#trainable;
	#memory;
	/** Times of the steps done in this session. */
	#times = [];
	constructor(made) {
		this.key = made.key;
		this.recipe = made.recipe;
		this.expansion = made.expansion;
		this.run = made.run;
		this.#shared = made.shared;
		this.start = made.start;
		this.#trainable = made.trainable;
		this.#memory = made.memory;
	}
	/** Makes the arm's deeper model and its training run. `key` identifies what they depend on. */
	static async open(workspace, key, recipe, { texts, memoryBytes = MEMORY_BYTES }, job) {
		const { backend, weights } = workspace;
		const settings = recipe.training;
		const { signal, emit } = job;
		const shared = await sharedData(workspace, texts, settings, job);
		const { data } = shared;
		const expansion = await expand(backend, weights, recipe, {
			signal,
			onProgress: (progress) => emit({
				type: "progress",
				progress
			})
		});
		try {
			const start = expansion.model(weights);
			const trainable = trainableOf(recipe, expansion);
			const { batch, context } = settings;
			const memory = planMemory(start, trainable, {
				batch,
				context,
				budgetBytes: memoryBytes
			});
			const { keepActivations } = memory;
			const run = await TrainingRun.open(start, {
				identity: await identityOf(recipe, start, signal),
				trainable,
				settings,
				data,
				keepActivations
			}, signal);
			return new Training({
				key,
				recipe,
				expansion,
				run,
				shared,
				start,
				trainable,
				memory
			});
		} catch (error) {
			expansion.free();
			throw error;
		}
	}
	get model() {
		return this.run.trainer.model;
	}
	/** The trained tensors by name; a large matrix is several bands, in order. */
	get tensors() {
		const tensors = /* @__PURE__ */ new Map();
		for (const { name, value } of this.run.trainer.trained.parameters.all) tensors.set(name, [...tensors.get(name) ?? [], value]);
		return tensors;
	}
	get #data() {
		return this.#shared.data;
	}
	/** Facts about the training so far, for the model card. */
	get cardFacts() {
		const { text, pairs, reports } = this.#data;
		return {
			steps: this.run.step,
			tokens: this.run.tokens,
			parameters: this.#parameters,
			tensors: [...this.tensors.keys()],
			losses: Object.fromEntries(this.#lossEnds()),
			texts: reports.slice(0, Number(text.length > 0) + Number(pairs.length > 0)).map(({ name }) => name)
		};
	}
	/** Does one step; it may become known later. @throws DivergedError, AbortError like `TrainingRun.advance`. */
	advance(signal, onStep) {
		return this.run.advance({
			signal,
			onStep: (step) => onStep(this.#reported(step))
		});
	}
	/** Waits for all steps on their way. @throws DivergedError. */
	collect(onStep) {
		return this.run.collect((step) => onStep(this.#reported(step)));
	}
	/** Evaluates the current model, or returns the evaluation of this step if there is one. */
	async evaluate(signal) {
		const { step } = this.run;
		if (step === 0) return this.evaluateStart(signal);
		const last = this.run.evaluations.at(-1);
		if (last?.step === step) return last;
		const moved = await this.run.trainer.trained.moved(signal);
		const evaluation = {
			step,
			...await this.#losses(this.model, signal),
			moved: Object.fromEntries(moved)
		};
		this.run.evaluations.push(evaluation);
		return evaluation;
	}
	/** The evaluation before the first step. It can also be made while the arm trains. */
	async evaluateStart(signal) {
		const { evaluations, trainer } = this.run;
		if (evaluations[0]?.step === 0) return evaluations[0];
		const losses = this.expansion.preserving ? this.#shared.baseLosses ??= await this.#losses(this.start, signal) : await this.#losses(this.start, signal);
		const moved = [...await trainer.trained.moved(signal)].map(([name, { from }]) => [name, {
			distance: 0,
			from
		}]);
		const made = evaluations[0];
		if (made?.step === 0) return made;
		const evaluation = {
			step: 0,
			...losses,
			moved: Object.fromEntries(moved)
		};
		evaluations.unshift(evaluation);
		return evaluation;
	}
	/** True if the model should be evaluated after the current step. */
	shouldEvaluate(every) {
		const { step, steps, done } = this.run;
		return done || step % (every ?? Math.max(1, Math.ceil(steps / EVALUATIONS))) === 0;
	}
	result(arm, backend) {
		const { step, steps, done, losses } = this.run;
		const { expansion } = this;
		const layers = expansion.layers.length;
		return {
			arm,
			step,
			steps,
			done,
			losses: [...losses],
			evaluations: [...this.run.evaluations],
			stepMs: meanTimes(this.#times),
			stepCost: stepCostOf(this.recipe, expansion),
			trainable: this.#parameters,
			parameters: expansion.parameters,
			layers,
			newLayers: expansion.newLayers,
			tokens: this.run.tokens,
			memory: this.#memory,
			texts: this.#data.reports,
			backend,
			...this.diverged === void 0 ? {} : { diverged: this.diverged },
			...this.unkept === void 0 ? {} : { unkept: this.unkept },
			...this.keptStep === void 0 ? {} : { keptStep: this.keptStep }
		};
	}
	free() {
		this.run.free();
		this.expansion.free();
	}
	/** Losses at the first and the last evaluation, by what they were measured on. */
	*#lossEnds() {
		const { evaluations } = this.run;
		for (const what of [
			"heldout",
			"retention",
			"response"
		]) {
			const [before, after] = [evaluations[0]?.[what], evaluations.at(-1)?.[what]];
			if (typeof before === "number" && typeof after === "number") yield [LOSS_NAMES[what], [before, after]];
		}
	}
	async #losses(model, signal) {
		const measured = async (examples) => examples ? meanLoss(model, examples, signal) : null;
		const { heldout, retention, response } = this.#data;
		return {
			heldout: await measured(heldout),
			retention: await measured(retention),
			response: await measured(response)
		};
	}
	get #parameters() {
		return countTrainable(this.model.config, this.#trainable);
	}
	#reported(step) {
		this.#times.push(step.milliseconds);
		return {
			...step,
			steps: this.run.steps,
			gradientNorms: this.#normsByName(step)
		};
	}
	#normsByName({ gradientNorms }) {
		const norms = {};
		for (const [i, { name }] of this.run.trainer.trained.parameters.all.entries()) norms[name] = Math.hypot(norms[name] ?? 0, gradientNorms[i] ?? NaN);
		return norms;
	}
};
/** Returns mean times over the steps, without the first, which compiles kernels and reads weights. */
function meanTimes(times) {
	const counted = times.length > 1 ? times.slice(1) : times;
	if (counted.length === 0) return null;
	const mean = (part) => counted.reduce((sum, time) => sum + time[part], 0) / counted.length;
	return {
		forward: mean("forward"),
		backward: mean("backward"),
		optimizer: mean("optimizer")
	};
}
/** Returns what results depend on beside texts and training settings. The final norm's digest stands for all weights. */
async function identityOf({ version: _, model: __, ...deciding }, { backend, config, weights }, signal) {
	const gain = await weights.withFinalNorm((tensor) => backend.read(tensor), signal);
	return JSON.stringify([
		deciding,
		config,
		digest$1(gain.join())
	]);
}
export { trainableOf as a, planMemory as c, batchesOf as d, stepCostOf as i, DivergedError as l, Training as n, Trainer as o, sharedData as r, countTrainable as s, MEMORY_BYTES as t, meanLoss as u };

//# sourceMappingURL=training-DJR_0L0t.mjs.map