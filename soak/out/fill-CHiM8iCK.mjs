import { a as isNorm } from "./block-SzSOAUuq.mjs";
import { i as isOutputProjection, n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { n as isCompanionNorm } from "./companions-D42Oqiux.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { i as moveRows, o as transposed, r as moveColumns } from "./move-Bcg3-9Em.mjs";
import { t as fuse } from "./fusion-BsnAgW-c.mjs";
import { n as matchUnits, r as headMap, t as comparesOutputs } from "./unit-plan-Dol2wTKl.mjs";
import { i as uploadRotation, n as valueDimensions, r as matchHeads, t as hiddenUnits } from "./units-T-0gxGF3.mjs";
import { i as rowNorms, n as meanRowDistance, r as readRowNorms } from "./norms-9Z8XIvoo.mjs";
import { t as headPlans } from "./head-plans-C2e8Yvpl.mjs";
import { a as planMeasures, i as applyPlan } from "./solve-DyyZ3XKO.mjs";
// src/upscale/structured/values.ts
/**
* Solves one plan per group between value dimensions.
* @returns Pᵀ `[h, h]` per group of the next block, owned by the caller, and the summary of all plans.
*/
async function valueMaps(context, compared, match) {
	const { backend, config, gap, signal } = context;
	const { kvHeads, headDim } = config;
	const units = await valueDimensions(backend, compared, config, match, comparesOutputs(context), signal);
	try {
		const { maps, numbers } = await headPlans(backend, units, (rows) => matchUnits(context, rows), {
			heads: kvHeads,
			headDim,
			scale: "rescaled",
			signal
		});
		return {
			maps,
			summary: {
				gap,
				tensor: "self_attn.v_proj",
				rows: headDim,
				...numbers
			}
		};
	} finally {
		backend.free(units.a, units.b);
	}
}
// src/upscale/structured/attention.ts
/** Fuses q, k, v and o. Moves key-value groups, then query heads within a group, then value dimensions within a head. */
async function fuseAttention(context, assembly) {
	const { backend, previous, config, zeroInit, allPlans, structured, signal } = context;
	const compared = context.compared ?? {
		previous,
		next: assembly.next
	};
	context.onTensor?.("self_attn", 0);
	const match = await matchHeads(backend, compared, config, {
		rotate: structured.rotate,
		signal
	});
	const scope = new Scope(backend);
	try {
		const rotations = match.angles?.map((angles) => scope.own(uploadRotation(backend, angles)));
		await fuseRows(context, assembly, "self_attn.q_proj", headMap(config, match.heads, rotations));
		await fuseRows(context, assembly, "self_attn.k_proj", headMap(config, match.groups, rotations));
		context.onTensor?.("self_attn.v_proj", .3);
		const maps = [];
		const values = await valueMaps(context, compared, match);
		for (const map of values.maps) maps.push(scope.own(map));
		assembly.addPlan(values.summary);
		await fuseValues(context, assembly, headMap(config, match.groups, maps));
		if (!zeroInit || allPlans) await fuseOutputs(context, assembly, headMap(config, match.heads, maps));
	} finally {
		scope.free();
	}
}
/** Fuses q or k: moves whole heads and rotates their rows. */
async function fuseRows(context, assembly, tensor, map) {
	const { backend, previous } = context;
	const weight = await moveRows(backend, blockTensor(previous, `${tensor}.weight`), map);
	try {
		const anchor = blockTensor(assembly.next, `${tensor}.weight`);
		assembly.addPlan(headMatchSummary(context, tensor, map, await meanRowDistance(backend, weight, anchor)));
		await fuse(context, assembly, tensor, {
			weight,
			bias: (bias) => moveRows(backend, bias, map)
		});
	} finally {
		backend.free(weight);
	}
}
/** Plan summary of a match of whole heads, as a permutation of their rows. */
var headMatchSummary = ({ gap }, tensor, { source, headDim }, transportCost) => ({
	gap,
	tensor,
	rows: source.length * headDim,
	planPerplexity: 1,
	transportCost,
	marginalError: 0,
	epsilon: 0,
	iterations: 0,
	converged: true
});
async function fuseValues(context, assembly, map) {
	const { backend, previous } = context;
	const source = blockTensor(previous, "self_attn.v_proj.weight");
	const scope = new Scope(backend);
	try {
		const weight = scope.own(await moveRows(backend, source, map));
		await fuse(context, assembly, "self_attn.v_proj", {
			weight,
			bias: (bias) => moveRows(backend, bias, map),
			norms: async () => {
				const own = scope.own(rowNorms(backend, source));
				return backend.read(scope.own(await moveRows(backend, own, map)));
			}
		});
	} finally {
		scope.free();
	}
}
/** Fuses o: its columns move with the heads and value dimensions that they read. */
async function fuseOutputs(context, assembly, map) {
	const { backend, previous, zeroInit, signal } = context;
	const tensor = "self_attn.o_proj";
	const source = blockTensor(previous, `${tensor}.weight`);
	context.onTensor?.(tensor, .4);
	const scope = new Scope(backend);
	try {
		const weight = scope.own(await moveColumns(backend, source, map));
		const columns = scope.own(await transposed(backend, weight, signal));
		const anchor = scope.own(await transposed(backend, blockTensor(assembly.next, `${tensor}.weight`), signal));
		assembly.addPlan(headMatchSummary(context, tensor, map, await meanRowDistance(backend, columns, anchor)));
		if (zeroInit) return;
		await fuse(context, assembly, tensor, {
			weight,
			norms: () => readRowNorms(backend, source)
		});
	} finally {
		scope.free();
	}
}
// src/upscale/structured/mlp.ts
/** Fuses gate, up and down. One plan between hidden units moves rows of gate and up and columns of down. */
async function fuseMlp(context, assembly) {
	const { backend, previous, zeroInit, allPlans, gap, signal } = context;
	context.onTensor?.("mlp.gate_proj", .5);
	const scope = new Scope(backend);
	try {
		const units = await hiddenUnits(backend, context.compared ?? {
			previous,
			next: assembly.next
		}, comparesOutputs(context), signal);
		scope.own(units.a);
		scope.own(units.b);
		const solved = await matchUnits(context, units);
		try {
			const { plan, iterations, converged, epsilon } = solved;
			const { planPerplexity, transportCost, marginalError, argmax } = await planMeasures(backend, plan, signal);
			const numbers = {
				planPerplexity,
				transportCost,
				marginalError,
				epsilon,
				iterations,
				converged
			};
			const summary = {
				gap,
				rows: argmax.length,
				...numbers
			};
			const move = (axis) => (x) => applyPlan(backend, plan, x, axis, "rescaled", signal);
			for (const tensor of ["mlp.gate_proj", "mlp.up_proj"]) {
				const source = blockTensor(previous, `${tensor}.weight`);
				const weight = scope.own(await move(0)(source));
				const norms = async () => {
					const own = scope.own(rowNorms(backend, source));
					return backend.read(scope.own(await move(0)(own)));
				};
				assembly.addPlan({
					tensor,
					...summary
				});
				await fuse(context, assembly, tensor, {
					weight,
					bias: move(1),
					norms
				});
				scope.free(weight);
			}
			const down = "mlp.down_proj";
			if (!zeroInit || allPlans) assembly.addPlan({
				tensor: down,
				...summary
			});
			if (zeroInit) return;
			const source = blockTensor(previous, `${down}.weight`);
			const weight = scope.own(await move(1)(source));
			await fuse(context, assembly, down, {
				weight,
				norms: () => readRowNorms(backend, source)
			});
		} finally {
			solved.free();
		}
	} finally {
		scope.free();
	}
}
// src/upscale/structured/fill.ts
/** Makes the new block of `opt-deus:structured`. @throws UpscaleError or TransportError; AbortError. */
async function fillStructured(assembly, context) {
	const { config, previous, zeroInit, signal } = context;
	const step = async (name, make) => {
		signal?.throwIfAborted();
		try {
			await make();
		} catch (error) {
			throw assembly.failure(name, error);
		}
	};
	if (zeroInit) for (const key of [...previous.keys()].filter(isOutputProjection)) assembly.zero(key);
	for (const [key, gain] of previous) if (isNorm(key) && !isCompanionNorm(config, key)) await assembly.fuse(key, gain, blockTensor(assembly.next, key));
	await step("self_attn", () => fuseAttention(context, assembly));
	await step("mlp", () => fuseMlp(context, assembly));
}
export { fillStructured };

//# sourceMappingURL=fill-CHiM8iCK.mjs.map