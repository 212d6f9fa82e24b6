import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { A as addAttention, C as requestedModel, E as LlamaModel, L as evaluate, M as attentionShape, O as withBlock, V as progress, k as RopeTables, x as windowsOf } from "./cycles.mjs";
import { t as Tape } from "./tape-tJbdEra0.mjs";
import { i as countParameters, n as blockTensorName, t as blockShapes } from "./block-SzSOAUuq.mjs";
import { t as costOfTraining } from "./cost-of-training-BfO_OZr7.mjs";
import { t as alignmentProblem } from "./alignment-B2qDjTlo.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { t as parentsOf } from "./parents-DhyobVmO.mjs";
import { i as isLayout, n as methodOf } from "./methods-QHAmL5_U.mjs";
import { n as noNullReason } from "./resolve-ZTMxOvsq.mjs";
import { t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { nulls, t as NullCache } from "./null-BiFn6K9t.mjs";
import { a as squaredNorm, i as norm, n as measureMatching, r as cosine, t as NO_PLAN_NUMBERS } from "./matching-hL4BFgcM.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
import { t as features } from "./features-I9DFKVIs.mjs";
// src/measures/measurement.ts
/**
* Groups of measures. `attention` and `lens` cost little more than the forward pass of `blocks`; `ablations` cost two forward
* passes per block; `tensors` solves every plan of the recipe again, `null` six more of each.
*/
var MEASURE_GROUPS = [
	"model",
	"tensors",
	"blocks",
	"attention",
	"lens",
	"ablations",
	"null"
];
/** Groups that cost much more than the others, and are measured only where they are asked for. */
var COSTLY_GROUPS = ["ablations", "null"];
// src/measures/attention.ts
/**
* Mean entropy, in nats, of a block's causal attention over heads and queries. The first query is left out, because it
* attends only to itself. Backends do not store scores, so this reads queries and keys to the host and computes the softmax
* there: O(heads · tokens² · headDim), meant for a few hundred tokens.
* @param stream residual stream before the block, `[tokens, hidden]`.
* @param rope rotary table of the block's kind for at least `tokens` positions.
*/
async function attentionEntropy(context, stream, rope, signal) {
	const { backend, config } = context;
	const { heads, kvHeads, headDim } = config;
	const [tokens = 0] = stream.shape;
	const shape = attentionShape(context, { past: 0 });
	const scope = new Scope(backend);
	const tape = new Tape(backend);
	try {
		addAttention(context, scope.own(backend.weightedSum(stream, 1)), {
			rope,
			past: 0
		}, tape);
		const queries = await backend.read(tape.get("query"));
		const keys = await backend.read(tape.get("keys"));
		let sum = 0;
		for (let head = 0; head < heads; head++) {
			signal?.throwIfAborted();
			const group = Math.floor(head * kvHeads / heads);
			sum += headEntropy({
				values: queries,
				width: heads * headDim,
				start: head * headDim
			}, {
				values: keys,
				width: kvHeads * headDim,
				start: group * headDim
			}, tokens, shape);
			await backend.settle();
		}
		return tokens > 1 ? sum / (heads * (tokens - 1)) : 0;
	} finally {
		tape.free();
		scope.free();
	}
}
/** Sums the entropies of the softmax of all queries except the first. */
function headEntropy(query, key, tokens, { headDim, scale = 1, span = tokens, cap }) {
	const scores = new Float64Array(tokens);
	let sum = 0;
	for (let t = 1; t < tokens; t++) {
		const q = t * query.width + query.start;
		const first = Math.max(0, t + 1 - span);
		let largest = -Infinity;
		for (let s = first; s <= t; s++) {
			const k = s * key.width + key.start;
			let score = 0;
			for (let i = 0; i < headDim; i++) score += query.values[q + i] * key.values[k + i];
			score *= scale;
			if (cap !== void 0) score = cap * Math.tanh(score / cap);
			scores[s] = score;
			largest = Math.max(largest, score);
		}
		let [total, weighted] = [0, 0];
		for (let s = first; s <= t; s++) {
			const shifted = scores[s] - largest;
			const weight = Math.exp(shifted);
			total += weight;
			weighted += weight * shifted;
		}
		sum += Math.log(total) - weighted / total;
	}
	return sum;
}
// src/measures/similarity.ts
/** Measures of activations in host memory, `[tokens, width]` row-major. Computed in float64. */
/** Means over tokens of ‖y_t − x_t‖/‖x_t‖ and of the cosine of x_t and y_t. A zero vector counts as unchanged. */
function residualChange(x, y, tokens) {
	const width = x.length / tokens;
	let change = 0;
	let cosine = 0;
	for (let token = 0; token < tokens; token++) {
		let [inner, input, output, difference] = [
			0,
			0,
			0,
			0
		];
		for (let i = token * width; i < (token + 1) * width; i++) {
			const [before, after] = [x[i], y[i]];
			inner += before * after;
			input += before * before;
			output += after * after;
			difference += (after - before) ** 2;
		}
		change += input > 0 ? Math.sqrt(difference / input) : 0;
		cosine += input > 0 && output > 0 ? inner / Math.sqrt(input * output) : 1;
	}
	return {
		change: change / tokens,
		cosine: cosine / tokens
	};
}
/**
* Gram matrix of the tokens with every feature centred, scaled to Frobenius norm 1 (or 0). The inner product of two such
* matrices is their linear CKA.
*/
function centredGram(x, tokens) {
	const width = x.length / tokens;
	const centred = Float64Array.from(x);
	for (let i = 0; i < width; i++) {
		let mean = 0;
		for (let token = 0; token < tokens; token++) mean += x[token * width + i] / tokens;
		for (let token = 0; token < tokens; token++) centred[token * width + i] -= mean;
	}
	const gram = new Float64Array(tokens * tokens);
	let squares = 0;
	for (let a = 0; a < tokens; a++) for (let b = 0; b <= a; b++) {
		let inner = 0;
		for (let i = 0; i < width; i++) inner += centred[a * width + i] * centred[b * width + i];
		gram[a * tokens + b] = inner;
		gram[b * tokens + a] = inner;
		squares += (a === b ? 1 : 2) * inner * inner;
	}
	const length = Math.sqrt(squares);
	return length > 0 ? gram.map((value) => value / length) : gram;
}
/**
* Linear centred kernel alignment of two sets of activations on the same tokens (Kornblith et al. 2019), from their
* `centredGram`: 1 if they are equal up to rotation and scale.
*/
function linearCka(a, b) {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
	return sum;
}
// src/measures/blocks.ts
/** Fraction of the progress given to the pass that measures the residual stream; ablations need two passes per block. */
var STREAM_FRACTION = .2;
/**
* Measures every block of a model on one window of tokens; the last token is only a target. Keeps two residual streams and
* one Gram matrix per block in host memory.
* @throws EvaluationError for a loss that is not finite; AbortError.
*/
async function measureBlocks(model, expansion, ids, { groups, signal, onProgress }) {
	const blocks = emptyMeasures(model, expansion);
	const ablating = groups.has("ablations");
	const watched = ablating ? STREAM_FRACTION : 1;
	const { cka, loss: last } = await new StreamMeasurer(model, ids, blocks, groups, signal).run((fraction) => onProgress?.(watched * fraction));
	let loss = last;
	if (ablating) {
		const meanLoss = async (layers) => {
			const changed = new LlamaModel(model.backend, model.config, model.weights, layers);
			return (await evaluate(changed, [ids], { signal })).loss;
		};
		loss ??= await meanLoss(model.layers);
		for (const [i, block] of blocks.entries()) {
			const [before, after] = [model.layers.slice(0, i), model.layers.slice(i + 1)];
			block.lossSkipped = await meanLoss([...before, ...after]);
			block.lossDoubled = await meanLoss([...model.layers.slice(0, i + 1), ...model.layers.slice(i)]);
			onProgress?.(watched + (1 - watched) * (i + 1) / blocks.length);
		}
	}
	return {
		blocks,
		cka,
		sample: {
			tokens: ids.length - 1,
			loss
		}
	};
}
function emptyMeasures(model, expansion) {
	const added = new Set(expansion?.newLayers);
	const sources = expansion?.sources;
	return model.layers.map((_, layer) => ({
		layer,
		isNew: added.has(layer),
		base: sources?.[layer] ?? layer,
		residualChange: null,
		residualCosine: null,
		ckaToPrevious: null,
		attentionEntropy: null,
		logitLensLoss: null,
		lossSkipped: null,
		lossDoubled: null
	}));
}
/** Measures the residual stream between blocks during one forward pass. */
var StreamMeasurer = class {
	#model;
	#inputs;
	#targets;
	#blocks;
	#groups;
	#signal;
	#grams = [];
	#ropes;
	#before;
	constructor(model, ids, blocks, groups, signal) {
		this.#model = model;
		this.#inputs = ids.subarray(0, -1);
		this.#targets = ids.subarray(1);
		this.#blocks = blocks;
		this.#groups = groups;
		this.#signal = signal;
	}
	async run(onProgress) {
		if (![
			"blocks",
			"attention",
			"lens"
		].some((group) => this.#groups.has(group))) return {
			cka: /* @__PURE__ */ new Float32Array(),
			loss: null
		};
		const { backend, config } = this.#model;
		try {
			if (this.#groups.has("attention")) this.#ropes = new RopeTables(backend, config, this.#inputs.length);
			const states = await this.#model.hidden([this.#inputs], {
				signal: this.#signal,
				onProgress,
				onStream: (view) => this.#look(view)
			});
			backend.free(...states);
			return {
				cka: this.#pairs(),
				loss: this.#blocks.at(-1)?.logitLensLoss ?? null
			};
		} finally {
			this.#ropes?.free();
		}
	}
	async #look({ depth, stream, next }) {
		const { backend, config } = this.#model;
		const below = this.#blocks[depth - 1];
		if (this.#groups.has("blocks")) await this.#compare(await backend.read(stream), below);
		if (below && this.#groups.has("lens")) below.logitLensLoss = await this.#lens(stream);
		const above = this.#blocks[depth];
		if (above && next && this.#ropes) {
			const rope = this.#ropes.of(next.kind, {
				length: this.#inputs.length,
				windows: 1
			});
			above.attentionEntropy = await attentionEntropy({
				backend,
				config,
				...next
			}, stream, rope, this.#signal);
		}
	}
	async #compare(values, block) {
		const tokens = this.#inputs.length;
		const gram = centredGram(values, tokens);
		const last = this.#grams.at(-1);
		if (block && this.#before && last) {
			const { change, cosine } = residualChange(this.#before, values, tokens);
			block.residualChange = change;
			block.residualCosine = cosine;
			block.ckaToPrevious = linearCka(last, gram);
		}
		this.#before = values;
		this.#grams.push(gram);
		await this.#model.backend.settle();
	}
	/** Loss of the final norm and the head applied to a residual stream. */
	async #lens(stream) {
		const { backend, logitRows } = this.#model;
		const scope = new Scope(backend, "activations");
		try {
			const normed = scope.own(await this.#model.normed(stream, this.#signal));
			let sum = 0;
			for (let row = 0; row < this.#targets.length; row += logitRows) {
				const targets = this.#targets.slice(row, row + logitRows);
				const logits = scope.own(await this.#model.logits(normed, row, targets.length, this.#signal));
				const index = scope.own(backend.upload(targets, [targets.length], "u32", "target ids"));
				const nll = scope.own(backend.crossEntropy(logits, index));
				for (const value of await backend.read(nll)) sum += value;
				scope.free(logits, index, nll);
			}
			return sum / this.#targets.length;
		} finally {
			scope.free();
		}
	}
	/** CKA of all pairs of block outputs, without the embedding. */
	#pairs() {
		const outputs = this.#grams.slice(1);
		return Float32Array.from(outputs.flatMap((a) => outputs.map((b) => linearCka(a, b))));
	}
};
// src/measures/model.ts
/**
* Measures a whole model on windows of token ids and compares it with its base model.
* @throws EvaluationError for a loss that is not finite; AbortError.
*/
async function measureModel(model, expansion, checkpoint, windows, options) {
	const { backend, config, weights, layers } = model;
	const base = LlamaModel.base(backend, config, weights);
	const { loss, perplexity, nll, maxLogitDifference, klFromBase } = await evaluate(model, windows, {
		...options,
		base,
		divergence: true
	});
	return {
		loss,
		perplexity,
		tokens: nll.length,
		klFromBase: klFromBase ?? NaN,
		maxLogitDifference: maxLogitDifference ?? NaN,
		layers: layers.length,
		parameters: countParameters(config, layers.length),
		bytes: storedBytes(checkpoint, config, expansion?.sources),
		...costOfTraining(expansion, layers.length)
	};
}
/** Bytes of all weights. A block takes as many bytes as the base block that it is, copies or follows. */
function storedBytes(checkpoint, config, sources) {
	const keys = [...blockShapes(config).keys()];
	const blocks = Array.from({ length: config.layers }, (_, index) => sum(keys.map((key) => checkpoint.tensors.get(blockTensorName(config, index, key))?.bytes ?? 0)));
	return sum([...checkpoint.tensors.values()].map(({ bytes }) => bytes)) + (sources ? sum(sources.map((index) => blocks[index] ?? 0)) - sum(blocks) : 0);
}
var sum = (values) => values.reduce((total, value) => total + value, 0);
// src/measures/tensors.ts
var ALONE = /* @__PURE__ */ new Set(["tensors"]);
/**
* Measures every planned tensor of every new block: solves its problem again and compares its weight with both parents.
* Returns an empty list for layout methods. If a method matches heads instead of all rows (`structured` attention),
* perplexity, error and cost are taken from its plan summary, and costs by index are those after its heads were moved.
* @throws TransportError if a problem cannot be solved; AbortError.
*/
async function measureTensors(backend, weights, recipe, expansion, { signal, onProgress, features, groups = ALONE, nulls = new NullCache() } = {}) {
	if (isLayout(methodOf(recipe.method))) return [];
	const measures = [];
	const total = expansion.blocks.length * PLANNED_TENSORS.length;
	for (const block of expansion.blocks) {
		const { gap } = block;
		const { layers } = weights.config;
		const { previous, next } = parentsOf(gap, layers, recipe.parents);
		const upper = next < layers ? next : null;
		const lease = await leaseBlocks(weights, upper === null ? [previous] : [previous, upper], signal);
		try {
			const [lowerBlock = /* @__PURE__ */ new Map(), upperBlock] = lease.blocks;
			for (const tensor of PLANNED_TENSORS) {
				signal?.throwIfAborted();
				const known = groups.has("tensors");
				const plan = upper === null || !known ? {
					rows: blockTensor(lowerBlock, `${tensor}.weight`).shape[0] ?? 0,
					...NO_PLAN_NUMBERS
				} : await planNumbers(backend, weights, recipe, block, tensor, {
					signal,
					features
				});
				const parents = {
					previous: lowerBlock,
					next: upperBlock
				};
				const weight = known ? await withBlock(weights, {
					kind: "new",
					like: block.like,
					block
				}, signal, (made) => weightNumbers(backend, made, parents, `${tensor}.weight`)) : NO_WEIGHT_NUMBERS;
				const excess = groups.has("null") && upper !== null && noNullReason(recipe, tensor) === void 0 ? excessOf(await nulls.measure(backend, weights, {
					...recipe,
					gap,
					tensor
				}, { signal })) : groups.has("null") ? NO_EXCESS : {};
				measures.push({
					gap,
					tensor,
					previous,
					next: upper,
					...plan,
					...weight,
					...excess
				});
				onProgress?.(measures.length / total);
			}
		} finally {
			lease.release();
		}
	}
	return measures;
}
async function planNumbers(backend, weights, recipe, { gap, plans }, tensor, options) {
	const { signal } = options;
	const problem = await alignmentProblem(backend, weights, {
		...recipe,
		gap,
		tensor
	}, options);
	try {
		const numbers = await measureMatching(backend, problem, signal);
		const summary = plans.find((plan) => plan.tensor === tensor);
		return problem.solver || !summary ? numbers : {
			...numbers,
			...summaryNumbers(summary)
		};
	} finally {
		problem.free();
	}
}
var summaryNumbers = ({ rows, planPerplexity, marginalError, transportCost, converged }) => ({
	rows,
	planPerplexity,
	marginalError,
	transportCost,
	converged
});
async function weightNumbers(backend, block, { previous, next }, key) {
	const made = block.get(key);
	const [lower, upper] = [blockTensor(previous, key), next && blockTensor(next, key)];
	const ratio = async (parent) => made && parent ? quotient(await norm(backend, made), await norm(backend, parent)) : null;
	const angle = async (parent) => made && parent ? cosine(backend, made, parent) : null;
	return {
		normToPrevious: await ratio(lower),
		normToNext: await ratio(upper),
		cosinePrevious: await angle(lower),
		cosineNext: await angle(upper),
		distanceHalfNext: made && upper ? quotient(Math.sqrt(await squaredNorm(backend, made, 1, upper, -.5)), await norm(backend, upper)) : null
	};
}
var NO_WEIGHT_NUMBERS = {
	normToPrevious: null,
	normToNext: null,
	cosinePrevious: null,
	cosineNext: null,
	distanceHalfNext: null
};
var NO_EXCESS = {
	excessMass: null,
	excessCost: null
};
var excessOf = ({ matchedMass, exactCost, transportCost }) => ({
	excessMass: matchedMass?.excess ?? null,
	excessCost: (exactCost ?? transportCost)?.excess ?? null
});
var quotient = (x, y) => y > 0 ? x / y : null;
// src/measures/measure.ts
/** Default: all groups that cost no more than a few forward passes. */
var DEFAULT_GROUPS = MEASURE_GROUPS.filter((group) => !COSTLY_GROUPS.includes(group));
var BLOCK_GROUPS = [
	"blocks",
	"attention",
	"lens",
	"ablations"
];
/**
* Measures a model on windows of token ids, its blocks on `sample`, one window of at least two tokens.
* @throws EvaluationError for a loss that is not finite; TransportError for a plan that cannot be solved; AbortError.
*/
async function measure({ model, checkpoint, expansion, recipe }, windows, sample, { groups: asked = DEFAULT_GROUPS, signal, onProgress, features, nulls } = {}) {
	const groups = new Set(asked);
	const options = (label) => ({
		signal,
		onProgress: (fraction) => onProgress?.({
			label,
			fraction
		})
	});
	const whole = groups.has("model") ? await measureModel(model, expansion, checkpoint, windows, options("Measuring the model")) : null;
	const blocks = BLOCK_GROUPS.some((group) => groups.has(group)) ? await measureBlocks(model, expansion, sample, {
		groups,
		...options("Measuring blocks")
	}) : void 0;
	return {
		tensors: (groups.has("tensors") || groups.has("null")) && recipe && expansion ? await measureTensors(model.backend, model.weights, recipe, expansion, {
			...options("Measuring tensors"),
			features,
			groups,
			nulls
		}) : [],
		blocks: blocks?.blocks ?? [],
		cka: blocks?.cka ?? /* @__PURE__ */ new Float32Array(),
		model: whole,
		sample: blocks?.sample ?? null
	};
}
// src/engine/models/measure.ts
var SAMPLE_TOKENS = 128;
/** The cost of attention's softmax and of Gram matrices, both computed on the CPU, is quadratic in this. */
var MAX_SAMPLE_TOKENS = 256;
/** Measures the requested model on a text. */
var measureText = async (workspace, request, context) => {
	const recipe = request.recipe && parseRecipe(request.recipe);
	const { signal, emit } = context;
	check(request);
	const windows = await windowsOf(workspace.model, request);
	const { sampleTokens = SAMPLE_TOKENS, groups } = request;
	const sample = (windows[0] ?? /* @__PURE__ */ new Uint32Array()).slice(0, sampleTokens + 1);
	const { model, expansion } = await requestedModel(workspace, { recipe }, {
		signal,
		onProgress: (progress) => emit({
			type: "progress",
			progress
		})
	});
	const { checkpoint } = workspace.model;
	const reports = /* @__PURE__ */ new Map();
	const options = {
		signal,
		onProgress: ({ label, fraction }) => {
			const report = reports.get(label) ?? progress(context, label);
			reports.set(label, report);
			report(fraction);
		}
	};
	return workspace.get(features).useFor(recipe, options, (found) => measure({
		model,
		checkpoint,
		expansion,
		recipe
	}, windows, sample, {
		...options,
		groups,
		features: found,
		nulls: workspace.get(nulls)
	}));
};
function check({ groups, sampleTokens }) {
	const unknown = groups?.find((group) => !MEASURE_GROUPS.includes(group));
	if (unknown !== void 0) throw new RequestError(`measure: expected groups among ${MEASURE_GROUPS.join(", ")}, got ${unknown}`);
	if (sampleTokens === void 0) return;
	if (Number.isInteger(sampleTokens) && sampleTokens >= 2 && sampleTokens <= MAX_SAMPLE_TOKENS) return;
	throw new RequestError(`measure: expected a sample of 2 to ${MAX_SAMPLE_TOKENS} tokens, got ${sampleTokens}. Leave it out for ${SAMPLE_TOKENS}.`);
}
export { measureText };

//# sourceMappingURL=measure-BJEKp92R.mjs.map