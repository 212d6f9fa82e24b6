import { a as isNorm } from "./block-SzSOAUuq.mjs";
import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { a as planMeasures } from "./solve-DyyZ3XKO.mjs";
import { i as isOutputProjection, n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { n as isCompanionNorm, t as companionsOf } from "./companions-D42Oqiux.mjs";
import { n as headCount, t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { t as BlockPair } from "./pair-DbjP_Af7.mjs";
// src/upscale/opt-deus/fuse.ts
/**
* Makes a new block: moves the previous block's rows by the flow's plans and averages them with the next block's.
* @throws UpscaleError or TransportError if a tensor cannot be made; AbortError.
*/
async function fuseBlocks(assembly, context, flow) {
	const { backend, previous, signal } = context;
	const { next } = assembly;
	const pair = new BlockPair(backend, {
		previous,
		next
	}, flow, context, context);
	try {
		for (const [i, tensor] of PLANNED_TENSORS.entries()) {
			signal?.throwIfAborted();
			context.onTensor?.(tensor, i / PLANNED_TENSORS.length);
			try {
				await fuse(context, assembly, pair, {
					tensor,
					flow
				});
			} catch (error) {
				throw assembly.failure(tensor, error);
			}
		}
		await fuseNorms(context, assembly, pair);
	} finally {
		pair.free();
	}
}
/** Solves a tensor's plan and adds its weight and bias. */
async function fuse(context, assembly, pair, { tensor, flow }) {
	const { backend, config, previous, zeroInit, allPlans, compared } = context;
	const keys = [`${tensor}.weight`, ...companionsOf(config, tensor)].filter((key) => previous.has(key));
	const zeroed = zeroInit && isOutputProjection(keys[0] ?? "");
	if (zeroed) for (const key of keys) assembly.zero(key);
	const isO = tensor === "self_attn.o_proj";
	if (zeroed && !isO && !allPlans) return;
	const heads = compared && headCount(tensor, config);
	if (heads !== void 0) {
		const { fuseHeads } = await import("./heads-CcblyC0j.mjs");
		return fuseHeads(context, assembly, await pair.rows(tensor), {
			tensor,
			heads,
			flow
		});
	}
	const rows = await pair.rows(tensor);
	try {
		const solved = isO ? await pair.outputPlan() : await pair.solve(rows);
		try {
			assembly.addPlan(await summarise(context, tensor, solved));
			if (zeroed) return;
			const weights = compared ? await pair.weights(tensor) : rows;
			try {
				for (const key of keys) {
					const isWeight = key === `${tensor}.weight`;
					const source = isWeight ? weights.a : blockTensor(previous, key);
					await fused(assembly, backend, key, await pair.move(solved, source, isWeight ? 0 : 1), blockTensor(assembly.next, key));
				}
			} finally {
				if (weights !== rows) weights.free();
			}
		} finally {
			if (!isO) solved.free();
		}
	} finally {
		rows.free();
	}
}
async function fused(assembly, backend, key, moved, anchor) {
	try {
		await assembly.fuse(key, moved, anchor);
	} finally {
		backend.free(moved);
	}
}
/**
* The norm before the MLP: α·g⁽¹⁾(½T_o + ½I) + (1 − α)·g⁽²⁾, with the mixed map of the residual stream there. All other norms that do
* not move with a projection: α·g⁽¹⁾ + (1 − α)·g⁽²⁾.
*/
async function fuseNorms({ backend, config, previous }, assembly, pair) {
	const { beforeMlp } = architectureOf(config).norms;
	for (const [key, gain] of previous) {
		if (!isNorm(key) || isCompanionNorm(config, key)) continue;
		if (key === `${beforeMlp}.weight`) await fused(assembly, backend, key, await pair.mixGain(gain, config), blockTensor(assembly.next, key));
		else await assembly.fuse(key, gain, blockTensor(assembly.next, key));
	}
}
async function summarise({ backend, gap, signal }, tensor, { plan, iterations, converged, epsilon }) {
	const { argmax, planPerplexity, transportCost, marginalError } = await planMeasures(backend, plan, signal);
	return {
		gap,
		tensor,
		rows: argmax.length,
		planPerplexity,
		transportCost,
		marginalError,
		epsilon,
		iterations,
		converged
	};
}
export { fuseBlocks };

//# sourceMappingURL=fuse-DM1mbzMm.mjs.map