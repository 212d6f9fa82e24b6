import { t as GapError } from "./errors-B4NPKFN8.mjs";
// src/recipe/gap-name.ts
/** Name of a gap and of the new block in it: `6|7`; above the last of `layers` blocks `7|`. */
function gapName(gap, layers = Infinity) {
	return `${gap}|${gap + 1 < layers ? gap + 1 : ""}`;
}
// src/upscale/expanding/gaps.ts
/**
* Resolves a recipe's gaps for a model of `layers` blocks, ascending. Gap g lies between base blocks g and g + 1; methods
* that read only the previous block also have gap layers − 1, after the last block. Presets are those of method.md 3.5,
* ⌊layers/2⌋ gaps each; `spread` has one after every group of blocks.
* @throws GapError if a gap does not exist or is named twice, or if no gap is left.
*/
function resolveGaps(gaps, layers, parents, options = {}) {
	const last = parents === "pair" ? layers - 2 : layers - 1;
	if (last < 0) throw new GapError(`expected a model of at least 2 blocks for a method that reads both neighbours of a gap, got ${layers}. Choose llama-pro or a deeper model.`);
	const resolved = typeof gaps === "string" ? preset(gaps, layers, options.group ?? 2).filter((gap) => gap <= last) : gaps.toSorted((a, b) => a - b);
	if (resolved.length === 0) throw new GapError(`expected at least one gap, got none from ${JSON.stringify(gaps)} in a model of ${layers} blocks. Name gap 0.`);
	for (const [i, gap] of resolved.entries()) {
		const byHand = gap === layers - 1 && options.parents?.[gap] !== void 0;
		if (!Number.isSafeInteger(gap) || gap < 0 || gap > last && !byHand) {
			const extra = gap === layers - 1 ? " (only a method that copies the previous block, such as llama-pro, or parents chosen by hand can follow the last block)" : "";
			throw new GapError(`expected gaps from 0 to ${last}, got ${gap}${extra}. Remove it from the list.`);
		}
		if (gap === resolved[i - 1]) throw new GapError(`expected every gap once, got gap ${gapName(gap)} twice. Remove one of the two.`);
	}
	return resolved;
}
var range = (start, length) => Array.from({ length }, (_, i) => start + i);
function preset(name, layers, group) {
	const count = Math.floor(layers / 2);
	switch (name) {
		case "top": return range(layers - 1 - count, count);
		case "middle": return range(Math.floor((layers - 1 - count) / 2), count);
		case "bottom": return range(0, count);
		case "ends": {
			const first = Math.ceil(count / 2);
			return [...range(0, first), ...range(layers - 1 - (count - first), count - first)];
		}
		case "spread": return range(1, Math.floor(layers / group)).map((i) => group * i - 1);
	}
}
// src/upscale/expanding/parents.ts
/**
* Returns the parents of a gap: its two neighbours, or the base blocks chosen by hand.
* @throws GapError if a chosen block does not exist.
*/
function parentsOf(gap, layers, byHand) {
	const [previous, next] = byHand[gap] ?? [gap, gap + 1];
	for (const index of byHand[gap] ?? []) if (!Number.isSafeInteger(index) || index < 0 || index >= layers) throw new GapError(`expected parents of gap ${gapName(Number(gap))} from 0 to ${layers - 1}, got ${index}. Choose another base block.`);
	return {
		previous,
		next
	};
}
export { resolveGaps as n, gapName as r, parentsOf as t };

//# sourceMappingURL=parents-DhyobVmO.mjs.map