import { n as shuffled, t as randomSource } from "./random-Ctrb54fu.mjs";
import { t as companionsOf } from "./companions-D42Oqiux.mjs";
import { c as groupSize, d as range, l as headRows, n as gatherRows, u as headsOf } from "./move-Bcg3-9Em.mjs";
// src/upscale/structured/block-order.ts
/** Draws an order in which units, groups, the heads of every group and the value dimensions of every head are all shuffled. */
function randomOrder(shape, seed) {
	const random = randomSource(seed);
	const { kvHeads, headDim, intermediateSize } = shape;
	const units = moved(intermediateSize, random);
	const groups = moved(kvHeads, random);
	const heads = Array.from(groups, (group) => pick(headsOf(shape, group), moved(groupSize(shape), random)));
	const values = Array.from(groups, (group) => pick(Array.from(headRows([group], headDim)), moved(headDim, random)));
	return {
		units,
		groups,
		heads: Uint32Array.from(heads.flat()),
		values: Uint32Array.from(values.flat())
	};
}
/** Draws an order in which only the units, only the groups with their query heads, or only the value dimensions are shuffled. */
function partOrder(shape, part, seed) {
	const random = randomSource(seed);
	const { heads, kvHeads, headDim, intermediateSize } = shape;
	const groups = part === "groups" ? moved(kvHeads, random) : Uint32Array.from(range(kvHeads));
	const values = Array.from(headRows(groups, headDim));
	return {
		units: part === "units" ? moved(intermediateSize, random) : Uint32Array.from(range(intermediateSize)),
		groups,
		heads: part === "groups" ? Uint32Array.from([...groups].flatMap((group) => headsOf(shape, group))) : Uint32Array.from(range(heads)),
		values: Uint32Array.from(part === "values" ? range(kvHeads).flatMap((head) => pick(values.slice(head * headDim, (head + 1) * headDim), moved(headDim, random))) : values)
	};
}
/**
* Copies a block with the rows of q and k in another order, the same in every head. Without RoPE that would change nothing; with it
* every row has its own rotation, so the result computes something else. The caller owns its tensors (f32).
*/
function withMixedRows(backend, block, config, seed) {
	const { heads, kvHeads, headDim } = config;
	const order = moved(headDim, randomSource(seed));
	const rows = (count) => ({
		axis: 0,
		from: Uint32Array.from(range(count).flatMap((head) => [...order].map((row) => head * headDim + row)))
	});
	return moveAll(backend, block, new Map(["self_attn.q_proj", "self_attn.k_proj"].flatMap((tensor, at) => [`${tensor}.weight`, ...companionsOf(config, tensor)].map((key) => [key, rows(at === 0 ? heads : kvHeads)]))));
}
/** A random order that is not the one at hand, if there is another. */
function moved(count, random) {
	for (;;) {
		const order = shuffled(count, random);
		if (count < 2 || order.some((from, place) => from !== place)) return order;
	}
}
var pick = (items, order) => Array.from(order, (from) => items[from] ?? NaN);
/**
* Copies a block, or those of its tensors that are given, into another order. The result computes what the block computes, but for the
* rounding of sums that run in another order. The caller owns its tensors (f32).
*/
function ordered(backend, block, config, order) {
	return moveAll(backend, block, placesOf(config, order));
}
function moveAll(backend, block, places) {
	const made = /* @__PURE__ */ new Map();
	try {
		for (const [key, tensor] of block) made.set(key, copied(backend, tensor, places.get(key)));
		return made;
	} catch (error) {
		backend.free(...made.values());
		throw error;
	}
}
/** Which rows or columns of each tensor are taken; a tensor without an entry keeps its order. */
function placesOf(config, { units, groups, heads, values }) {
	const { kvHeads, headDim } = config;
	const rows = [
		["self_attn.q_proj", headRows(heads, headDim)],
		["self_attn.k_proj", headRows(groups, headDim)],
		["self_attn.v_proj", values],
		["mlp.gate_proj", units],
		["mlp.up_proj", units]
	];
	const read = range(kvHeads).flatMap((group) => headsOf(config, group).flatMap((place) => range(headDim).map((j) => {
		const dimension = (values[group * headDim + j] ?? 0) % headDim;
		return (heads[place] ?? 0) * headDim + dimension;
	})));
	const columns = [["self_attn.o_proj", Uint32Array.from(read)], ["mlp.down_proj", units]];
	return new Map([...rows.flatMap(([tensor, from]) => [`${tensor}.weight`, ...companionsOf(config, tensor)].map((key) => [key, {
		axis: 0,
		from
	}])), ...columns.map(([tensor, from]) => [`${tensor}.weight`, {
		axis: 1,
		from
	}])]);
}
var copied = (backend, tensor, places) => places ? gatherRows(backend, tensor, places.from, places.axis) : backend.weightedSum(tensor, 1);
/** Counts the places that an order brings back after `secret` was applied, so that both together change nothing there. */
function shareFound(secret, found) {
	return {
		right: found.reduce((sum, from, place) => sum + (secret[from] === place ? 1 : 0), 0),
		of: found.length
	};
}
export { ordered, partOrder, randomOrder, shareFound, withMixedRows };

//# sourceMappingURL=block-order-BUzsNF6b.mjs.map