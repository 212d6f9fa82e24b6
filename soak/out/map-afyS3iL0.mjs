import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { n as CostMatrix } from "./cost-DHFzz3-1.mjs";
import { t as groupCosts } from "./group-costs-B_Iz6gFJ.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { n as headCount, t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { t as nullRows } from "./null-rows-8H2tCBEv.mjs";
import { a as planMeasures, n as iterativeSolver } from "./solve-DyyZ3XKO.mjs";
import { t as RAW_EUCLIDEAN } from "./cost-settings-DystTT9G.mjs";
import { t as flowCost } from "./matching-BvFRYSX9.mjs";
import { V as progress } from "./cycles.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
import { t as features } from "./features-I9DFKVIs.mjs";
// src/measures/errors.ts
/** A block or head to measure does not exist. */
var MeasureError = class extends Error {
	name = "MeasureError";
};
// src/measures/block-map.ts
/** ε by the default rule of ott-jax. A plan then depends on differences between costs, not on their level. */
var ENTROPIC = {
	kind: "entropic",
	epsilonRule: {
		kind: "spread",
		factor: .05
	},
	epsilon: 1,
	tolerance: .001,
	maxIterations: 500,
	seed: 0
};
/**
* Computes the transport cost between the rows of one tensor for all pairs of base blocks. The cost is symmetric, so only
* half of the pairs are solved. At most two blocks are leased at a time.
* @throws TransportError; AbortError.
*/
async function mapBlocks(backend, weights, tensor, { cost, nullDraws = 0, signal, onProgress }) {
	const { layers } = weights.config;
	const key = `${tensor}.weight`;
	const distances = new Float32Array(layers * layers);
	const relative = new Float32Array(layers * layers);
	const nullDistances = nullDraws > 0 ? new Float32Array(layers * layers) : void 0;
	const total = layers * (layers + 1) / 2;
	let solver = "exact";
	let done = 0;
	for (let i = 0; i < layers; i++) for (let j = i; j < layers; j++) {
		signal?.throwIfAborted();
		const lease = await leaseBlocks(weights, [i, j], signal, [key]);
		try {
			const [a, b] = lease.blocks.map((block) => blockTensor(block, key));
			if (!a || !b) throw new MeasureError("expected two blocks, got fewer. Choose another tensor.");
			const between = await distance(backend, a, b, cost, signal);
			const drawn = nullDistances && await nullDistance(backend, a, b, cost, nullDraws, signal);
			solver = between.solver;
			for (const at of [i * layers + j, j * layers + i]) {
				distances[at] = between.distance;
				relative[at] = between.relative;
				if (nullDistances) nullDistances[at] = drawn ?? NaN;
			}
		} finally {
			lease.release();
		}
		done++;
		onProgress?.(done / total);
	}
	const map = {
		kind: "blocks",
		rows: layers,
		columns: layers,
		distances,
		relative,
		solver
	};
	return nullDistances ? {
		...map,
		nullDistances
	} : map;
}
/** Mean distance to the rows of `b` with their entries shuffled (docs/method.md 5.4). */
async function nullDistance(backend, a, b, cost, draws, signal) {
	const values = await backend.read(b);
	let sum = 0;
	for (let draw = 0; draw < draws; draw++) {
		const drawn = nullRows(values, matrix(b)[0], 0, draw);
		const rows = backend.upload(drawn, b.shape, "f32", `${b.label}, null ${draw}`);
		try {
			sum += (await distance(backend, a, rows, cost, signal)).distance;
		} finally {
			backend.free(rows);
		}
	}
	return sum / draws;
}
async function distance(backend, a, b, settings, signal) {
	const cost = await CostMatrix.build(backend, a, b, {
		cost: settings,
		signal
	});
	try {
		const exact = cost.rows <= 512;
		const value = exact ? (await assign(await cost.readAll(signal), cost.rows, cost.columns, { signal })).cost : await entropicCost(backend, cost, signal);
		return {
			distance: value,
			relative: cost.mean > 0 ? value / cost.mean : 0,
			solver: exact ? "exact" : "entropic"
		};
	} finally {
		cost.free();
	}
}
async function entropicCost(backend, cost, signal) {
	const solve = iterativeSolver(backend, cost, ENTROPIC);
	try {
		await solve.run({ signal });
		return (await planMeasures(backend, solve.plan, signal)).transportCost;
	} finally {
		solve.free();
	}
}
// src/measures/map.ts
/**
* Computes distances between the rows of one tensor, at one of three levels: between all pairs of blocks, between the heads of
* two blocks (q, k and v only), or between the neurons of two blocks or heads. A block may be compared with itself.
* @throws MeasureError for blocks or heads that do not exist; TransportError; AbortError.
*/
async function distanceMap(backend, weights, tensor, level, options) {
	if (level.kind === "blocks") return mapBlocks(backend, weights, tensor, options);
	const { config } = weights;
	for (const block of [level.previous, level.next]) expectIndex("block", block, config.layers);
	const heads = level.kind === "heads" || level.heads ? expectHeads(tensor, config) : 0;
	const key = `${tensor}.weight`;
	const lease = await leaseBlocks(weights, [level.previous, level.next], options.signal, [key]);
	try {
		const [a, b] = lease.blocks.map((block) => blockTensor(block, key));
		if (!a || !b) throw new MeasureError("expected two blocks, got fewer. Choose other blocks.");
		if (level.kind === "heads") return await mapHeads(backend, a, b, heads, options);
		if (!level.heads) return await mapNeurons$1(backend, a, b, options);
		for (const head of level.heads) expectIndex("head", head, heads);
		const scope = new Scope(backend);
		try {
			const [x, y] = level.heads.map((head, side) => scope.own(headRows(backend, side === 0 ? a : b, head, config.headDim)));
			return await mapNeurons$1(backend, x ?? a, y ?? b, options);
		} finally {
			scope.free();
		}
	} finally {
		lease.release();
	}
}
function expectIndex(what, index, count) {
	if (Number.isInteger(index) && index >= 0 && index < count) return;
	throw new MeasureError(`map: expected a ${what} from 0 to ${count - 1}, got ${index}. Choose another one.`);
}
function expectHeads(tensor, config) {
	const heads = headCount(tensor, config);
	if (heads !== void 0) return heads;
	throw new MeasureError(`map: expected a tensor whose rows belong to heads (self_attn.q_proj, self_attn.k_proj, self_attn.v_proj), got ${tensor}. Choose one of them, or open the pair of blocks into neurons.`);
}
function headRows(backend, x, head, headDim) {
	const rows = Uint32Array.from({ length: headDim }, (_, row) => head * headDim + row);
	const index = backend.upload(rows, [headDim], "u32", "rows of a head");
	try {
		return backend.gather(x, index);
	} finally {
		backend.free(index);
	}
}
/** Exact transport cost between every pair of heads. Costs are scaled as for the whole tensors. */
async function mapHeads(backend, a, b, heads, { cost: settings, signal, onProgress }) {
	const cost = await CostMatrix.build(backend, a, b, {
		cost: settings,
		signal
	});
	try {
		const costs = await groupCosts(backend, cost, heads, {
			signal,
			onProgress
		});
		const distances = Float32Array.from(costs.distances);
		const relative = costs.distances.map((value, i) => {
			const mean = costs.means[i] ?? 0;
			return mean > 0 ? value / mean : 0;
		});
		return {
			kind: "heads",
			rows: heads,
			columns: heads,
			distances,
			relative: Float32Array.from(relative),
			solver: "exact"
		};
	} finally {
		cost.free();
	}
}
/** The ground cost, pooled to means if there are more neurons than pixels. */
async function mapNeurons$1(backend, a, b, { cost: settings, maxPixels, signal }) {
	const cost = await CostMatrix.build(backend, a, b, {
		cost: settings,
		signal
	});
	const scope = new Scope(backend);
	try {
		const [rows, columns] = [Math.min(cost.rows, maxPixels), Math.min(cost.columns, maxPixels)];
		const window = {
			rowStart: 0,
			rowEnd: cost.rows,
			columnStart: 0,
			columnEnd: cost.columns
		};
		const picture = scope.own(backend.zeros([
			rows,
			columns,
			2
		], "map of neurons"));
		await cost.forEach(async (band) => {
			backend.picture(band, void 0, window, picture);
			await backend.settle();
		}, signal);
		const pooled = await backend.read(picture);
		const distances = Float32Array.from({ length: rows * columns }, (_, pixel) => pooled[2 * pixel + 1] ?? 0);
		const { mean } = cost;
		const map = {
			kind: "neurons",
			rows,
			columns,
			distances,
			relative: distances.map((value) => mean > 0 ? value / mean : 0)
		};
		if (cost.rows > 512) return {
			...map,
			solver: "none"
		};
		const all = await cost.readAll(signal);
		const { assignment } = await assign(all, cost.rows, cost.columns, { signal });
		return {
			...map,
			solver: "exact",
			assignment
		};
	} finally {
		scope.free();
		cost.free();
	}
}
// src/engine/models/map.ts
var PIXELS = 512;
var MAX_PIXELS = 1024;
var MAX_DRAWS = 100;
/** Computes distances between neurons: of all pairs of blocks, of the heads of two blocks, or of two heads. */
var mapNeurons = async (workspace, request, context) => {
	const { tensor, level, cost, maxPixels = PIXELS, nullDraws } = request;
	if (!PLANNED_TENSORS.includes(tensor)) throw new RequestError(`map: expected a tensor among ${PLANNED_TENSORS.join(", ")}, got ${tensor}`);
	if (!(Number.isInteger(maxPixels) && maxPixels >= 1 && maxPixels <= MAX_PIXELS)) throw new RequestError(`map: expected 1 to ${MAX_PIXELS} pixels, got ${maxPixels}`);
	if (nullDraws !== void 0 && !(Number.isInteger(nullDraws) && nullDraws >= 0 && nullDraws <= MAX_DRAWS)) throw new RequestError(`map: expected 0 to ${MAX_DRAWS} draws of the null, got ${nullDraws}`);
	if (nullDraws && cost?.features === "activations") throw new RequestError("map: expected weights to compare with a null, got activations, which have none");
	const { backend, weights } = workspace;
	const { signal, emit } = context;
	const options = {
		signal,
		onProgress: (event) => emit({
			type: "progress",
			progress: event
		})
	};
	return workspace.get(features).use(cost, options, (found) => distanceMap(backend, found ?? weights, tensor, level, {
		cost: cost ? flowCost(void 0, cost) : RAW_EUCLIDEAN,
		maxPixels,
		nullDraws,
		signal,
		onProgress: progress(context, "Comparing blocks")
	}));
};
export { mapNeurons };

//# sourceMappingURL=map-afyS3iL0.mjs.map