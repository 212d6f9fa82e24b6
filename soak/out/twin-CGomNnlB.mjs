import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as residentBlock } from "./block-handle-ChfCvndx.mjs";
import { E as LlamaModel, I as HiddenStateCache, L as evaluate, S as baseModel, V as progress, x as windowsOf } from "./cycles.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { ordered, randomOrder, shareFound } from "./block-order-BUzsNF6b.mjs";
import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { n as CostMatrix } from "./cost-DHFzz3-1.mjs";
import { d as range } from "./move-Bcg3-9Em.mjs";
import { n as valueDimensions, r as matchHeads, t as hiddenUnits } from "./units-T-0gxGF3.mjs";
import { i as expectFinite, n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/upscale/structured/find-order.ts
/**
* Finds, from the weights alone, the order that brings `previous` closest to `next`, by exact assignments: of units by their rows
* of gate and up and columns of down; of groups and heads as wholes (see `matchHeads`); of the value dimensions within matched heads
* by their rows of v and columns of o. O(units³) at worst, and far less where every unit has a clear partner.
* @throws TransportError for weights that are not finite; AbortError.
*/
async function findOrder(backend, blocks, config, { signal, onProgress } = {}) {
	const { groups, heads } = await matchHeads(backend, blocks, config, {
		rotate: false,
		signal
	});
	onProgress?.(.3);
	const { kvHeads, headDim } = config;
	const dimensions = await costsOf(backend, await valueDimensions(backend, blocks, config, {
		groups,
		heads
	}, true, signal), signal);
	const width = kvHeads * headDim;
	const values = new Uint32Array(width);
	for (const group of range(kvHeads)) {
		const start = group * headDim;
		const costs = Float32Array.from({ length: headDim ** 2 }, (_, k) => dimensions[(start + Math.floor(k / headDim)) * width + start + k % headDim] ?? NaN);
		const { assignment } = await assign(costs, headDim, headDim, { signal });
		for (const [from, place] of assignment.entries()) values[start + place] = (groups[group] ?? 0) * headDim + from;
	}
	onProgress?.(.5);
	const costs = await costsOf(backend, await hiddenUnits(backend, blocks, true, signal), signal);
	const count = Math.sqrt(costs.length);
	const { assignment } = await assign(costs, count, count, {
		signal,
		onProgress: (fraction) => onProgress?.(.5 + fraction / 2)
	});
	const units = new Uint32Array(count);
	for (const [from, place] of assignment.entries()) units[place] = from;
	return {
		units,
		groups,
		heads,
		values
	};
}
/** Reads all distances between two sets of features, which it frees. */
async function costsOf(backend, { a, b }, signal) {
	const scope = new Scope(backend);
	try {
		scope.own(a);
		scope.own(b);
		const cost = await CostMatrix.build(backend, a, b, { signal });
		try {
			return await cost.readAll(signal);
		} finally {
			cost.free();
		}
	} finally {
		scope.free();
	}
}
// src/engine/models/twin.ts
/** Measures a base block against its shuffled copy. */
var measureTwin = async (workspace, request, context) => {
	const started = performance.now();
	const { block: index, seed = 0 } = request;
	const { backend, model, summary, weights } = workspace;
	const { config } = model;
	const base = baseModel(workspace);
	checkTwin(index, seed, config.layers);
	const windows = await windowsOf(model, request);
	const { signal } = context;
	const shared = new HiddenStateCache(backend);
	const lossOf = lossWith(workspace, base, {
		index,
		windows,
		shared
	}, context);
	const lease = await leaseBlocks(weights, [index], signal);
	const scope = new Scope(backend);
	const own = (made) => {
		for (const tensor of made.values()) scope.own(tensor);
		return made;
	};
	try {
		const [block = /* @__PURE__ */ new Map()] = lease.blocks;
		const secret = randomOrder(config, seed);
		const copy = own(ordered(backend, block, config, secret));
		const losses = {
			base: await lossOf(void 0, "Evaluating the base"),
			copy: await lossOf(copy, "Evaluating the copy"),
			average: await lossOf(own(averaged(workspace, block, copy)), "Evaluating the average")
		};
		const found = await findOrder(backend, {
			previous: copy,
			next: block
		}, config, {
			signal,
			onProgress: progress(context, "Finding the order")
		});
		const aligned = own(averaged(workspace, block, own(ordered(backend, copy, config, found))));
		return {
			block: index,
			seed,
			losses: {
				...losses,
				aligned: await lossOf(aligned, "Evaluating the aligned average")
			},
			found: {
				units: shareFound(secret.units, found.units),
				heads: shareFound(secret.heads, found.heads),
				values: shareFound(secret.values, found.values)
			},
			units: {
				copied: secret.units,
				back: found.units
			},
			tokens: windows.reduce((sum, ids) => sum + ids.length - 1, 0),
			backend: summary.kind,
			milliseconds: performance.now() - started
		};
	} finally {
		scope.free();
		shared.free();
		lease.release();
	}
};
/** @throws RequestError for a block or a seed that cannot be. */
function checkTwin(index, seed, layers) {
	if (!(Number.isInteger(index) && index >= 0 && index < layers)) throw new RequestError(`twin: expected a block from 0 to ${layers - 1}, got ${index}. Choose one of the model's blocks.`);
	if (!(Number.isInteger(seed) && seed >= 0 && seed <= 4294967295)) throw new RequestError(`twin: expected a whole seed from 0 to 4294967295, got ${seed}. Choose another.`);
}
/** Returns a function that evaluates the base model, or with another block in the place of one of its own. */
function lossWith({ backend, model: { config }, weights }, base, { index, windows, shared }, context) {
	return async (block, label) => {
		const layers = base.layers.map((layer, at) => block && at === index ? {
			kind: "new",
			like: index,
			block: residentBlock(block)
		} : layer);
		const { loss, nll } = await evaluate(new LlamaModel(backend, config, weights, layers), windows, {
			signal: context.signal,
			onProgress: progress(context, label),
			shared
		});
		expectFinite("loss per token", nll);
		return loss;
	};
}
/** The mean of two blocks. The caller owns its tensors. */
function averaged({ backend }, x, y) {
	const made = /* @__PURE__ */ new Map();
	for (const [key, tensor] of x) made.set(key, backend.weightedSum(tensor, .5, blockTensor(y, key), .5));
	return made;
}
export { checkTwin, lossWith, measureTwin };

//# sourceMappingURL=twin-CGomNnlB.mjs.map