import { i as isLayout, n as methodOf } from "./methods-QHAmL5_U.mjs";
import { r as zeroInitOf } from "./resolve-ZTMxOvsq.mjs";
import { n as resolveGaps, t as parentsOf } from "./parents-DhyobVmO.mjs";
import { t as GapError } from "./errors-B4NPKFN8.mjs";
// src/upscale/expanding/slices.ts
/**
* Lists the blocks of slices, bottom to top.
* @throws GapError if a slice is empty or reaches past the model.
*/
function unroll(slices, layers) {
	return slices.flatMap(({ start, end, scale }) => {
		if (!(start >= 0 && end > start && end <= layers)) throw new GapError(`expected slices within blocks 0 to ${layers} (the end is not part of the slice), got ${start}-${end}. Correct that slice.`);
		return Array.from({ length: end - start }, (_, i) => ({
			index: start + i,
			scale: scale ?? 1
		}));
	});
}
/** Joins blocks to as few slices as possible; the inverse of `unroll`. */
function toSlices(steps) {
	const slices = [];
	for (const { index, scale } of steps) {
		const last = slices.at(-1);
		if (last && last.end === index && last.scale === scale) last.end++;
		else slices.push({
			start: index,
			end: index + 1,
			scale
		});
	}
	return slices.map(({ start, end, scale }) => scale === 1 ? {
		start,
		end
	} : {
		start,
		end,
		scale
	});
}
/**
* Lists the blocks of the deeper model that slices make. The first unscaled appearance of a base block is the base block
* itself; later ones are copies, and zeroing applies to them.
* @throws GapError as `unroll`.
*/
function specsOfSlices(slices, layers, zeroed) {
	const seen = /* @__PURE__ */ new Set();
	return unroll(slices, layers).map(({ index, scale }) => {
		const again = seen.has(index);
		const used = again && zeroed ? 0 : scale;
		if (used !== 1) return {
			kind: "scaled",
			index,
			scale: used
		};
		seen.add(index);
		return {
			kind: again ? "copy" : "base",
			index
		};
	});
}
// src/upscale/expanding/block-specs.ts
/**
* Lists all blocks of a recipe's deeper model for `layers` base blocks, bottom to top, before any weight is read.
* @throws GapError for gaps, parents or slices that do not exist; UpscaleError if the model has too few blocks.
*/
function blockSpecs(recipe, layers) {
	const method = methodOf(recipe.method);
	if (isLayout(method)) return specsOfSlices(method.slices(layers, recipe), layers, zeroInitOf(recipe));
	const { group, parents } = recipe;
	return interleaveGaps(resolveGaps(recipe.gaps, layers, method.parents, {
		group,
		parents
	}), layers).map((place) => {
		if (place.kind === "base") return place;
		const { previous, next } = parentsOf(place.gap, layers, parents);
		return {
			kind: "new",
			gap: place.gap,
			previous,
			next
		};
	});
}
/** Puts new blocks into their gaps between `layers` base blocks, bottom to top. */
function interleaveGaps(gaps, layers) {
	const chosen = new Set(gaps);
	return Array.from({ length: layers }, (_, index) => {
		const base = {
			kind: "base",
			index
		};
		return chosen.has(index) ? [base, {
			kind: "new",
			gap: index
		}] : [base];
	}).flat();
}
export { toSlices as n, blockSpecs as t };

//# sourceMappingURL=block-specs-DkGbg3eE.mjs.map