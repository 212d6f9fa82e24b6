import { t as __exportAll } from "./rolldown-runtime-D8jQpDG7.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { a as isNorm } from "./block-SzSOAUuq.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as companionsOf } from "./companions-D42Oqiux.mjs";
import { a as scaledRows } from "./move-Bcg3-9Em.mjs";
import { r as readRowNorms } from "./norms-9Z8XIvoo.mjs";
// src/upscale/structured/fusion.ts
var fusion_exports = /* @__PURE__ */ __exportAll({ fuse: () => fuse });
/** Adds α·moved + (1 − α)·next for a projection's weight and the vectors that move with its rows (`companionsOf`). With `repairNorms` rows get the parents' mean norm. */
async function fuse({ backend, config, previous, alpha, structured, signal }, assembly, tensor, moved) {
	signal?.throwIfAborted();
	const scope = new Scope(backend);
	try {
		const anchor = blockTensor(assembly.next, `${tensor}.weight`);
		let weight = scope.own(backend.weightedSum(moved.weight, alpha, anchor, 1 - alpha));
		let factors;
		if (structured.repairNorms) {
			factors = await repair(backend, weight, await (moved.norms?.() ?? readRowNorms(backend, moved.weight)), await readRowNorms(backend, anchor), alpha);
			weight = scope.own(await scaledRows(backend, weight, factors, signal));
		}
		await assembly.addComputed(`${tensor}.weight`, scope.release(weight));
		for (const key of companionsOf(config, tensor)) {
			const own = previous.get(key);
			if (!own) continue;
			const carried = moved.bias ? scope.own(await moved.bias(own)) : own;
			const fused = scope.own(backend.weightedSum(carried, alpha, blockTensor(assembly.next, key), 1 - alpha));
			const scaling = isNorm(key) ? void 0 : factors;
			await assembly.addComputed(key, scaling ? await scaleEach(backend, fused, scaling) : scope.release(fused));
		}
	} finally {
		scope.free();
	}
}
/** Returns the factor that gives each row the norm α·‖previous row‖ + (1 − α)·‖next row‖. */
async function repair(backend, fused, previous, next, alpha) {
	return (await readRowNorms(backend, fused)).map((norm, i) => norm > 0 ? (alpha * (previous[i] ?? 0) + (1 - alpha) * (next[i] ?? 0)) / norm : 1);
}
async function scaleEach(backend, vector, factors) {
	const scaled = (await backend.read(vector)).map((value, i) => value * (factors[i] ?? 1));
	return backend.upload(scaled, vector.shape, "f32", vector.label);
}
export { fusion_exports as n, fuse as t };

//# sourceMappingURL=fusion-BsnAgW-c.mjs.map