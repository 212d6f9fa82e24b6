import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { n as blockTensor, r as headColumns } from "./block-tensor-C1KV4ddh.mjs";
import { r as noHeadError } from "./errors-B4NPKFN8.mjs";
import { i as moveRows, l as headRows, n as gatherRows, o as transposed, s as checkHead } from "./move-Bcg3-9Em.mjs";
import { r as headMap, t as comparesOutputs } from "./unit-plan-Dol2wTKl.mjs";
import { i as uploadRotation, n as valueDimensions, r as matchHeads, t as hiddenUnits } from "./units-T-0gxGF3.mjs";
// src/upscale/structured/problem.ts
/**
* Builds the problem of one tensor. gate, up and down: the joint features of hidden units, with one plan. q, k, v and o are
* matched head by head, so they have no single plan: their rows (of o: columns) are given with the previous block's heads
* already moved, and q and k rotated. `part` selects one head of v, which has a plan between its value dimensions.
* @throws UpscaleError for a part of another tensor, or a head that v does not have.
*/
async function structuredProblem(context, tensor, part) {
	const { backend, config, structured, signal } = context;
	if (part !== void 0) {
		if (tensor !== "self_attn.v_proj") throw noHeadError("opt-deus:structured", tensor);
		checkHead(tensor, part, config.kvHeads);
	}
	if (tensor.startsWith("mlp.")) {
		const units = await hiddenUnits(backend, context, comparesOutputs(context), signal);
		return problem(backend, units, [units.a, units.b], true);
	}
	const match = await matchHeads(backend, context, config, {
		rotate: structured.rotate,
		signal
	});
	if (tensor === "self_attn.v_proj") {
		const units = await valueDimensions(backend, context, config, match, comparesOutputs(context), signal);
		if (part === void 0) return problem(backend, units, [units.a, units.b], false);
		return oneHead(backend, units, headRows([part], config.headDim));
	}
	if (tensor === "self_attn.o_proj") return outputColumns(context, match);
	return rotatedRows(context, `${tensor}.weight`, match, tensor === "self_attn.k_proj" ? match.groups : match.heads);
}
/** Builds the problem of some units; frees `units`. */
function oneHead(backend, units, rows) {
	const scope = new Scope(backend);
	try {
		const a = scope.own(gatherRows(backend, units.a, rows, 0));
		const b = scope.own(gatherRows(backend, units.b, rows, 0));
		return problem(backend, {
			a,
			b
		}, [scope.release(a), scope.release(b)], true);
	} finally {
		scope.free();
		backend.free(units.a, units.b);
	}
}
/** @param owned tensors that `free` frees; tensors of a block are not among them. */
function problem(backend, { a, b }, owned, planned) {
	const scope = new Scope(backend);
	for (const tensor of owned) scope.own(tensor);
	return {
		a,
		b,
		planned,
		free: () => scope.free()
	};
}
async function outputColumns({ backend, config, previous, next, signal }, match) {
	const scope = new Scope(backend);
	try {
		const columns = scope.own(await transposed(backend, headColumns(previous), signal));
		const a = scope.own(await moveRows(backend, columns, headMap(config, match.heads, void 0)));
		const b = scope.own(await transposed(backend, headColumns(next), signal));
		return problem(backend, {
			a,
			b
		}, [scope.release(a), scope.release(b)], false);
	} finally {
		scope.free();
	}
}
async function rotatedRows({ backend, config, previous, next }, key, { angles }, source) {
	const scope = new Scope(backend);
	try {
		const rotations = angles?.map((turned) => scope.own(uploadRotation(backend, turned)));
		const a = await moveRows(backend, blockTensor(previous, key), headMap(config, source, rotations));
		return problem(backend, {
			a,
			b: blockTensor(next, key)
		}, [a], false);
	} finally {
		scope.free();
	}
}
export { problem, structuredProblem };

//# sourceMappingURL=problem-g6fxmRc1.mjs.map