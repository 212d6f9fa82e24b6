import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { I as HiddenStateCache, S as baseModel, x as windowsOf } from "./cycles.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { ordered, partOrder, withMixedRows } from "./block-order-BUzsNF6b.mjs";
import { checkTwin, lossWith } from "./twin-CGomNnlB.mjs";
// src/engine/models/shuffled.ts
/** Measures a base block with one part of it shuffled, to see whether the block computes the same. */
var measureShuffled = async (workspace, request, context) => {
	const { block: index, seed = 0, part } = request;
	const { backend, model, weights } = workspace;
	const { config } = model;
	const base = baseModel(workspace);
	checkTwin(index, seed, config.layers);
	const windows = await windowsOf(model, request);
	const shared = new HiddenStateCache(backend);
	const lossOf = lossWith(workspace, base, {
		index,
		windows,
		shared
	}, context);
	const lease = await leaseBlocks(weights, [index], context.signal);
	const scope = new Scope(backend);
	try {
		const [block = /* @__PURE__ */ new Map()] = lease.blocks;
		const copy = part === "rows" ? withMixedRows(backend, block, config, seed) : ordered(backend, block, config, partOrder(config, part, seed));
		for (const tensor of copy.values()) scope.own(tensor);
		return {
			base: await lossOf(void 0, "Evaluating the base"),
			shuffled: await lossOf(copy, "Evaluating the copy"),
			tokens: windows.reduce((sum, ids) => sum + ids.length - 1, 0)
		};
	} finally {
		scope.free();
		shared.free();
		lease.release();
	}
};
export { measureShuffled };

//# sourceMappingURL=shuffled-DPvOUCAG.mjs.map