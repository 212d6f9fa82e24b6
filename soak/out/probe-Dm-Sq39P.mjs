import { u as EvaluationError } from "./config-CXJ0uD7x.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as checkTokenIds } from "./windows-D37K7Awu.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { C as requestedModel, V as progress, b as idsOf } from "./cycles.mjs";
// src/llama/distribution.ts
/**
* Computes the softmax of logits `[vocabulary]` in float64, and its entropy in nats.
* @throws EvaluationError if a logit is NaN, or the largest is not finite.
*/
function distribution(logits) {
	let largest = -Infinity;
	for (const [id, logit] of logits.entries()) {
		if (Number.isNaN(logit)) throw unusable(`a number as the logit of token ${id}`, logit);
		largest = Math.max(largest, logit);
	}
	if (!Number.isFinite(largest)) throw unusable("a finite largest logit", largest);
	const shares = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
	const total = shares.reduce((sum, share) => sum + share, 0);
	const probability = (id) => (shares[id] ?? 0) / total;
	let weighted = 0;
	for (const [id, share] of shares.entries()) if (share > 0) weighted += share * ((logits[id] ?? 0) - largest);
	const entropy = Math.max(0, Math.log(total) - weighted / total);
	const top = (count) => {
		const order = Uint32Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
		return Array.from(order.subarray(0, count), (id) => ({
			id,
			probability: probability(id)
		}));
	};
	return {
		softmax: {
			probability,
			top
		},
		entropy
	};
}
var unusable = (expected, got) => new EvaluationError(`Expected ${expected}, got ${got}. Check the model's weights, or try the CPU backend.`);
// src/llama/probe.ts
var LENS_TOP = 5;
/**
* Computes loss per token, next tokens and logit lens of one text in one forward pass. Softmax is computed in float64.
* @throws EvaluationError if the text is empty or longer than the context, an id is outside the vocabulary, `at` is outside the
*   text, or a result is not finite.
*/
async function probe(model, ids, { at, top = 10, lens = false, signal, onProgress } = {}) {
	const tokens = checkedTokens(model, ids);
	const position = at ?? tokens.length - 1;
	checkOptions(position, tokens.length, top);
	const target = tokens[position + 1];
	const readings = [];
	const scope = new Scope(model.backend, "activations");
	try {
		const [hidden] = await model.hidden([tokens], {
			signal,
			onProgress,
			...lens && { onStream: async ({ depth, stream }) => {
				const { softmax, entropy } = distribution(await streamLogits(model, stream, position, signal));
				const targetProbability = target === void 0 ? null : softmax.probability(target);
				readings.push({
					depth,
					top: softmax.top(LENS_TOP),
					targetProbability,
					entropy
				});
			} }
		});
		if (hidden === void 0) throw new EvaluationError("Expected one hidden state, got none. Try again.");
		scope.own(hidden);
		const { softmax } = distribution(await logitsAt(model, hidden, position, signal));
		return {
			nll: await losses(model, hidden, tokens, signal),
			next: softmax.top(top),
			lens: readings
		};
	} finally {
		scope.free();
	}
}
/** Returns the logits `[vocabulary]` of one row of a residual stream before the final norm. */
async function streamLogits(model, stream, row, signal) {
	const { backend } = model;
	const scope = new Scope(backend, "activations");
	try {
		const picked = scope.own(model.rows(stream, row, 1));
		return await logitsAt(model, scope.own(await model.normed(picked, signal)), 0, signal);
	} finally {
		scope.free();
	}
}
async function logitsAt(model, hidden, row, signal) {
	const logits = await model.logits(hidden, row, 1, signal);
	try {
		return await model.backend.read(logits);
	} finally {
		model.backend.free(logits);
	}
}
async function losses(model, hidden, ids, signal) {
	const { backend, logitRows } = model;
	const targets = ids.subarray(1);
	const nll = new Float32Array(targets.length);
	const scope = new Scope(backend, "activations");
	try {
		for (let row = 0; row < targets.length; row += logitRows) {
			signal?.throwIfAborted();
			const chunk = targets.slice(row, row + logitRows);
			const logits = scope.own(await model.logits(hidden, row, chunk.length, signal));
			const index = scope.own(backend.upload(chunk, [chunk.length], "u32", "target ids"));
			nll.set(await backend.read(scope.own(backend.crossEntropy(logits, index))), row);
			scope.free();
		}
	} finally {
		scope.free();
	}
	const wrong = nll.findIndex((value) => !Number.isFinite(value));
	if (wrong >= 0) throw new EvaluationError(`Expected a finite loss of token ${wrong + 2}, got ${nll[wrong]}. Check the model's weights, or try the CPU backend.`);
	return nll;
}
function checkedTokens({ config }, ids) {
	const { context, vocabSize } = config;
	if (ids.length >= 1 && ids.length <= context) return checkTokenIds(ids, vocabSize);
	throw new EvaluationError(`Expected a text of 1 to ${context} tokens (the model's context), got ${ids.length}. ${ids.length === 0 ? "Write something" : "Shorten the text"}.`);
}
function checkOptions(at, length, top) {
	if (!(Number.isInteger(at) && at >= 0 && at < length)) throw new EvaluationError(`Expected a position from 0 to ${length - 1}, got ${at}. Choose one within the text.`);
	if (!(Number.isInteger(top) && top >= 1)) throw new EvaluationError(`Expected at least 1 next token to be asked for, got ${top}. Choose another number.`);
}
// src/engine/models/pieces.ts
/**
* Returns a function that decodes single tokens, as they stand within a text, and caches the results. A token without text (a
* special token, or no tokenizer) is `#id`; bytes that are only part of a character are spelled as `<0xE9>`.
*/
function pieceReader(tokenizer) {
	const known = /* @__PURE__ */ new Map();
	const read = (id) => {
		const once = tokenizer?.decode([id]) ?? "";
		const twice = tokenizer?.decode([id, id]) ?? "";
		const piece = twice.startsWith(once) ? twice.slice(once.length) : once;
		return (piece.includes("�") ? tokenizer?.spell(id) : void 0) ?? (piece || `#${id}`);
	};
	return (id) => {
		const piece = known.get(id) ?? read(id);
		known.set(id, piece);
		return piece;
	};
}
/** Decodes the tokens of a text one by one. The first that has a text has it as at the start of a text. */
function piecesOf(tokenizer, ids) {
	const pieces = ids.map(pieceReader(tokenizer));
	const first = ids.findIndex((id) => tokenizer?.decode([id]));
	const id = ids[first];
	if (tokenizer && id !== void 0) {
		const text = tokenizer.decode([id]);
		if (!text.includes("�")) pieces[first] = text;
	}
	return pieces;
}
// src/engine/models/probe.ts
/** Reads a text with the requested model: loss per token, next tokens, and the logit lens by block. */
var probeText = async (workspace, request, context) => {
	const recipe = request.recipe && parseRecipe(request.recipe);
	const { signal, emit } = context;
	const { model } = workspace;
	if (request.text === "") throw new EvaluationError("Expected a text, got an empty one. Write something.");
	const ids = await idsOf(model, request);
	const tokenizer = model.info.hasTokenizer ? await model.tokenizer() : void 0;
	const pieceOf = pieceReader(tokenizer);
	const { model: asked, expansion } = await requestedModel(workspace, {
		...request,
		recipe
	}, {
		signal,
		onProgress: (made) => emit({
			type: "progress",
			progress: made
		})
	});
	const { at, top, lens } = request;
	const read = await probe(asked, ids, {
		at,
		top,
		lens,
		signal,
		onProgress: progress(context, "Reading")
	});
	const named = (chances) => chances.map(({ id, probability }) => ({
		id,
		piece: pieceOf(id),
		probability
	}));
	const added = new Set(expansion?.newLayers);
	return {
		ids,
		pieces: piecesOf(tokenizer, ids),
		nll: read.nll,
		next: named(read.next),
		lens: read.lens.map(({ depth, ...reading }) => ({
			...reading,
			layer: depth - 1,
			isNew: added.has(depth - 1),
			top: named(reading.top)
		}))
	};
};
export { probeText };

//# sourceMappingURL=probe-Dm-Sq39P.mjs.map