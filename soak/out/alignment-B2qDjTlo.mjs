import { n as resolveGaps, r as gapName, t as parentsOf } from "./parents-DhyobVmO.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { r as expectSupported } from "./config-CXJ0uD7x.mjs";
import { t as nullRows } from "./null-rows-8H2tCBEv.mjs";
import { n as UpscaleError, r as noHeadError } from "./errors-B4NPKFN8.mjs";
import { n as noNullReason, r as zeroInitOf, t as comparesActivations } from "./resolve-ZTMxOvsq.mjs";
import { t as featuresOf } from "./features-of-g0SZG-qO.mjs";
import { n as flowSolver, t as flowCost } from "./matching-BvFRYSX9.mjs";
import { i as isLayout, n as methodOf, r as flowOf } from "./methods-QHAmL5_U.mjs";
import { n as comparedWeights, t as BlockPair } from "./pair-DbjP_Af7.mjs";
import { n as headCount } from "./planned-BTeJztNi.mjs";
// src/recipe/against.ts
var NEXT = { kind: "next" };
/** Returns a text such as `next`, `null:2` or `copy:7`, as used in links and keys. */
var againstText = (against) => against.kind === "next" ? "next" : `${against.kind}:${"draw" in against ? against.draw : against.seed}`;
// src/upscale/expanding/against.ts
/**
* Checks that a tensor's rows can be compared with something else than the next block's.
* @throws UpscaleError for a null of activations or of whole heads, and for a copy compared by activations;
* UnsupportedArchitectureError for a copy of a block of which it is not known what may be exchanged.
*/
function checkAgainst(request, config) {
	const { method, tensor, against } = request;
	if (against === void 0 || against.kind === "next") return;
	if (against.kind === "copy") expectSupported(config);
	const reason = against.kind === "null" ? noNullReason(request, tensor) : noCopyReason(request);
	if (reason === void 0) return;
	throw new UpscaleError(`${method}, ${tensor}: expected the next block to compare with, got ${against.kind}. ${reason} Compare weights, or another tensor.`);
}
var noCopyReason = (recipe) => comparesActivations(recipe) ? "Activations are read from the model, and the copy is no part of it." : void 0;
/** Makes a shuffled copy of a block, or of those of its tensors that are given. `scope` owns it. */
async function shuffledCopy(backend, block, config, { seed }, scope) {
	const { ordered, randomOrder } = await import("./block-order-BUzsNF6b.mjs");
	const copy = ordered(backend, block, config, randomOrder(config, seed));
	for (const tensor of copy.values()) scope.own(tensor);
	return copy;
}
/** Puts shuffled rows in the place of `b`; frees `rows` if that fails. */
async function withNullRows(backend, rows, seed, draw) {
	try {
		const [count] = matrix(rows.b);
		const drawn = nullRows(await backend.read(rows.b), count, seed, draw);
		const b = backend.upload(drawn, rows.b.shape, "f32", `${rows.b.label}, null ${draw}`);
		let held = true;
		return {
			a: rows.a,
			b,
			free: () => {
				if (held) backend.free(b);
				held = false;
				rows.free();
			}
		};
	} catch (error) {
		rows.free();
		throw error;
	}
}
// src/upscale/expanding/alignment.ts
/**
* Builds the transport problem of one tensor in one gap without making the new block. For gate and up of OpT-DeUS it solves
* o_proj's plan first, because that plan maps their inputs. The caller frees the problem.
* @throws GapError if a parent does not exist; UpscaleError for a head that the tensor does not have, or where nothing but the next
* block can be compared (see `checkAgainst`); errors of the solve; AbortError.
*/
async function alignmentProblem(backend, weights, request, options = {}) {
	const { signal } = options;
	const { gap, tensor, parents, part, against = NEXT } = request;
	const method = methodOf(request.method);
	const flow = flowOf(method);
	const ownProblem = isLayout(method) ? void 0 : method.problem;
	const features = featuresOf(request, options.features);
	const { config } = weights;
	const { layers } = config;
	const heads = features && !ownProblem ? headCount(tensor, config) : void 0;
	if (part !== void 0 && !ownProblem && heads === void 0) throw noHeadError(request.method, tensor);
	checkAgainst(request, config);
	const cost = flowCost(flow, features ? request.cost : {
		...request.cost,
		features: "weights"
	});
	resolveGaps([gap], layers, "pair", { parents });
	const chosen = parentsOf(gap, layers, parents);
	const other = against.kind === "copy" ? chosen.previous : chosen.next;
	const read = ownProblem ? void 0 : comparedWeights(tensor);
	const lease = await leaseBlocks(features ?? weights, [chosen.previous, other], signal, read);
	const copy = new Scope(backend);
	const release = () => {
		copy.free();
		lease.release();
	};
	let pair;
	try {
		const [previous, last] = lease.blocks;
		if (!previous || !last) throw new UpscaleError(`gap ${gapName(gap)}: expected two blocks, got fewer. Choose another gap.`);
		const next = against.kind === "copy" ? await shuffledCopy(backend, last, config, against, copy) : last;
		let rows;
		let planned = true;
		if (!flow || request.stored && !ownProblem && !features) {
			const key = `${tensor}.weight`;
			rows = {
				a: blockTensor(previous, key),
				b: blockTensor(next, key),
				free: () => void 0
			};
			planned = flow !== void 0;
		} else if (ownProblem) {
			const zeroInit = zeroInitOf(request);
			const { structured } = request;
			const problem = await ownProblem({
				backend,
				config,
				previous,
				next,
				structured,
				zeroInit,
				cost: request.cost,
				signal
			}, tensor, part);
			rows = problem;
			planned = problem.planned;
		} else {
			pair = new BlockPair(backend, {
				previous,
				next
			}, flow, request, {
				signal,
				compared: features && {
					previous,
					next
				}
			});
			rows = await pair.rows(tensor);
			if (heads !== void 0) {
				const { headsProblem } = await import("./heads-CcblyC0j.mjs");
				const { headDim } = config;
				const problem = await headsProblem(backend, {
					...rows,
					heads,
					headDim,
					cost
				}, {
					tensor,
					part,
					signal
				});
				rows = problem;
				planned = problem.planned;
			}
		}
		if (features) {
			rows = copied(backend, rows);
			lease.release();
		}
		if (against.kind === "null") rows = await withNullRows(backend, rows, request.seed, against.draw);
		let held = true;
		const free = () => {
			if (held) rows.free();
			held = false;
			release();
		};
		const solver = flow && planned ? flowSolver(flow, request) : void 0;
		return {
			a: rows.a,
			b: rows.b,
			solver,
			cost,
			free
		};
	} catch (error) {
		release();
		throw error;
	} finally {
		pair?.free();
	}
}
/** Copies the rows, because features may be evicted while the problem is in use. */
function copied(backend, { a, b, free }) {
	const own = [backend.weightedSum(a, 1), backend.weightedSum(b, 1)];
	free();
	return {
		a: own[0],
		b: own[1],
		free: () => backend.free(...own)
	};
}
export { NEXT as n, againstText as r, alignmentProblem as t };

//# sourceMappingURL=alignment-B2qDjTlo.mjs.map