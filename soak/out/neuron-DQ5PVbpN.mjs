import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as digest } from "./digest-DNkrmK8N.mjs";
import { n as blockActivations, t as BlockInputs } from "./activations-sTC9rUHn.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { n as resolveGaps, t as parentsOf } from "./parents-DhyobVmO.mjs";
import { D as kindOf, E as LlamaModel, V as progress, b as idsOf } from "./cycles.mjs";
import { n as cutWindows, t as checkTokenIds } from "./windows-D37K7Awu.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { t as derivedTensors } from "./derived-DcvlblTM.mjs";
import { i as expectFinite, n as RequestError } from "./errors-DcHXxH-r.mjs";
import { t as continuationText } from "./continuation-DtiOrow4.mjs";
// src/engine/neurons/neuron.ts
var TOKENS = 512;
var MAX_TOKENS = 4096;
var TOP = 8;
var MAX_TOP = 64;
/** Tokens shown before and after the one that drives a unit. */
var CONTEXT = 8;
var UNITS = "mlp.units";
/** Finds the tokens of a text that drive two MLP units, one of each block of a gap, and the units' correlation. */
var neuron = async (workspace, request, context) => {
	const { model, backend } = workspace;
	const { layers, intermediateSize } = model.config;
	const recipe = parseRecipe(request.recipe);
	resolveGaps([request.gap], layers, "pair", recipe);
	const { previous, next } = parentsOf(request.gap, layers, recipe.parents);
	check(request, intermediateSize);
	const ids = await textOf(model, request);
	return withUnits(workspace, {
		previous,
		next,
		ids
	}, context, async (units) => {
		const scope = new Scope(backend);
		try {
			const valuesOf = async (tensor, unit) => {
				const index = scope.own(backend.upload(Uint32Array.of(unit), [1], "u32", "unit"));
				const values = await backend.read(scope.own(backend.gather(tensor, index)));
				expectFinite(`activations of unit ${unit}`, values);
				return values;
			};
			const ofPrevious = await valuesOf(units.previous, request.row);
			const ofNext = await valuesOf(units.next, request.column);
			const top = request.top ?? TOP;
			const words = await tokenTextOf(model, ids);
			return {
				previous: {
					block: previous,
					unit: request.row,
					...drivers(ofPrevious, top, words)
				},
				next: {
					block: next,
					unit: request.column,
					...drivers(ofNext, top, words)
				},
				correlation: correlation(ofPrevious, ofNext),
				tokens: ids.length
			};
		} finally {
			scope.free();
		}
	});
};
/** Calls `work` with the activations `[units, tokens]` of both blocks, which are cached for the next pair. */
async function withUnits(workspace, { previous, next, ids }, context, work) {
	const { backend, model, weights } = workspace;
	const { config } = model;
	const { signal } = context;
	const load = async () => {
		const windows = cutWindows(ids, config.context).map((window, i) => i === 0 ? window : window.subarray(1));
		const layers = LlamaModel.base(backend, config, weights).layers.slice(0, Math.max(previous, next) + 1);
		const base = new LlamaModel(backend, config, weights, layers);
		const inputs = await BlockInputs.of(base, windows, {
			signal,
			onProgress: progress(context, "Reading the text", 0, .8)
		});
		const scope = new Scope(backend);
		try {
			const { blocks, release } = await leaseBlocks(weights, [previous, next], signal);
			try {
				const units = /* @__PURE__ */ new Map();
				for (const [i, [name, index]] of [["previous", previous], ["next", next]].entries()) {
					const block = blocks[i];
					if (!block) continue;
					const kind = kindOf(config, {
						kind: "base",
						index
					});
					const activations = (await blockActivations({
						backend,
						config,
						block,
						kind
					}, inputs.at(index), [UNITS], signal)).get(UNITS);
					if (activations) units.set(name, scope.own(activations));
				}
				for (const tensor of units.values()) scope.release(tensor);
				return units;
			} finally {
				release();
			}
		} finally {
			scope.free();
			inputs.free();
		}
	};
	const key = `units ${previous} ${next} ${digest(ids.join(" "))}`;
	const bytes = 8 * config.intermediateSize * ids.length;
	const derived = derivedTensors(workspace);
	const units = await derived.acquire(key, bytes, load, signal);
	try {
		const [of, and] = [units.get("previous"), units.get("next")];
		if (!of || !and) throw new RequestError("neuron: expected activations of two blocks, got fewer");
		return await work({
			previous: of,
			next: and
		});
	} finally {
		derived.release(key);
	}
}
/** Returns the tokens to read. @throws RequestError for a wrong number of tokens. */
async function textOf(model, request) {
	const { maxTokens = TOKENS } = request;
	if (!(Number.isInteger(maxTokens) && maxTokens >= 2 && maxTokens <= MAX_TOKENS)) throw new RequestError(`neuron: expected 2 to ${MAX_TOKENS} tokens to read, got ${maxTokens}`);
	const ids = checkTokenIds(await idsOf(model, request), model.config.vocabSize).slice(0, maxTokens);
	if (ids.length >= 2) return ids;
	throw new RequestError(`neuron: expected a text of at least 2 tokens, got ${ids.length}. Give a longer text.`);
}
async function tokenTextOf(model, ids) {
	const slice = (start, end) => [...ids.subarray(Math.max(0, start), Math.min(ids.length, end))];
	if (!model.info.hasTokenizer) return (start, end) => slice(start, end).join(" ");
	const tokenizer = await model.tokenizer();
	return (start, end) => {
		const made = slice(start, end);
		const text = continuationText(tokenizer, slice(start - CONTEXT, start), made);
		const [id, ...others] = made;
		return (id !== void 0 && others.length === 0 && text.includes("�") ? tokenizer.spell(id) : void 0) ?? text;
	};
}
function drivers(values, top, words) {
	const { mean, deviation } = moments(values);
	const positions = Uint32Array.from(values.keys()).sort((i, j) => Math.abs(values[j] ?? 0) - Math.abs(values[i] ?? 0) || i - j);
	return {
		mean,
		deviation,
		top: Array.from(positions.subarray(0, top), (position) => ({
			position,
			token: words(position, position + 1),
			before: words(position - CONTEXT, position),
			after: words(position + 1, position + 1 + CONTEXT),
			value: values[position] ?? NaN
		}))
	};
}
function moments(values) {
	let sum = 0;
	for (const value of values) sum += value;
	const mean = sum / values.length;
	let squares = 0;
	for (const value of values) squares += (value - mean) ** 2;
	return {
		mean,
		deviation: Math.sqrt(squares / values.length)
	};
}
/** Returns Pearson's correlation; NaN if one of them is constant. */
function correlation(x, y) {
	const [ofX, ofY] = [moments(x), moments(y)];
	let sum = 0;
	for (const [i, value] of x.entries()) sum += (value - ofX.mean) * ((y[i] ?? NaN) - ofY.mean);
	const spread = ofX.deviation * ofY.deviation;
	return spread > 0 ? sum / x.length / spread : NaN;
}
function check({ row, column, top }, units) {
	for (const [what, unit] of [["row", row], ["column", column]]) {
		if (Number.isInteger(unit) && unit >= 0 && unit < units) continue;
		throw new RequestError(`neuron: expected a ${what} among ${units} MLP units, got ${unit}`);
	}
	if (top === void 0 || Number.isInteger(top) && top >= 1 && top <= MAX_TOP) return;
	throw new RequestError(`neuron: expected 1 to ${MAX_TOP} tokens to show, got ${top}`);
}
export { neuron };

//# sourceMappingURL=neuron-DQ5PVbpN.mjs.map