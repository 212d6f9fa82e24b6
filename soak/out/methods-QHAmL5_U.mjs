import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
import { a as isNorm } from "./block-SzSOAUuq.mjs";
import { n as isCompanionNorm } from "./companions-D42Oqiux.mjs";
import { t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { t as shiftedGain } from "./gains-cD7ItIm7.mjs";
import { t as MAX_ROWS } from "./limits-Pm1Yvbuv.mjs";
import { t as RAW_EUCLIDEAN } from "./cost-settings-DystTT9G.mjs";
// src/upscale/contract/method.ts
/** Settings read by methods that make blocks from parents. */
var READS_PARENTS = [
	"gaps",
	"parents",
	"group"
];
/** Settings read by methods that mix two parents. */
var READS_FUSED = [...READS_PARENTS, "alpha"];
/** Settings read by methods that match the parents' rows by transport plans. */
var READS_MATCHED = [
	...READS_FUSED,
	"solver",
	"cost",
	"seed"
];
var isLayout = (method) => "slices" in method;
/** Returns how a method matches rows, or undefined for a method without plans. */
var flowOf = (method) => isLayout(method) ? void 0 : method.flow;
// src/upscale/methods/average.ts
/** Avg-DeUS as its authors released it (method.md 6.3): norms and output projections are averaged too. */
var AVERAGE = {
	id: "average",
	group: "Controls without a plan",
	title: "Average (Avg-DeUS)",
	short: "average",
	meaning: "The plain mean of the two neighbours (Avg-DeUS). Nothing is zeroed, so the model changes at once.",
	reads: READS_FUSED,
	parents: "pair",
	zeroInit: false,
	trains: "new",
	fill: (assembly) => assembly.forEachTensor((key, previous) => assembly.fuse(key, previous, assembly.nextTensor(key)))
};
/** `average` with zeroed output projections: a control that the authors' comparison lacks. */
var AVERAGE_ZERO = {
	...AVERAGE,
	id: "average:zero",
	title: "Average (Avg-DeUS), zeroed",
	short: "average, zeroed",
	meaning: "The plain mean with o_proj and down_proj zeroed: the control that tells the plan’s effect from that of zeroing.",
	zeroInit: true
};
// src/upscale/methods/average-norms.ts
/**
* The mean of both parents, each row scaled to the parents' mean norm. Averaging nearly orthogonal rows loses about 29 % of
* their norm (method.md 5.1); this restores it without matching. Biases are scaled with their rows, norm gains averaged.
*/
var AVERAGE_NORMS = {
	...AVERAGE_ZERO,
	id: "average:norms",
	title: "Average at the parents’ norms",
	short: "average, norms",
	meaning: "The plain mean with every row scaled to the mean of its parents’ norms, zeroed: the control for whether a method gains by matching neurons or by not shrinking them.",
	fill: async (assembly, context) => {
		const { fuse } = await import("./fusion-BsnAgW-c.mjs").then((n) => n.n);
		const repairing = {
			...context,
			structured: {
				...context.structured,
				repairNorms: true
			}
		};
		await assembly.forEachTensor((key, weight) => {
			if (isNorm(key)) return isCompanionNorm(context.config, key) ? void 0 : assembly.fuse(key, weight, assembly.nextTensor(key));
			const tensor = PLANNED_TENSORS.find((name) => key === `${name}.weight`);
			return tensor && fuse(repairing, assembly, tensor, { weight });
		});
	}
};
// src/upscale/methods/copies.ts
/** Copies every tensor of one parent, except zeroed ones. */
var copyOf = (parent) => async (assembly, context) => {
	await assembly.forEachTensor((key) => assembly.copy(key, parent));
	await context.backend.settle();
};
/** Controls: exact copies of a parent. */
var COPY_PREVIOUS = {
	id: "copy-previous",
	group: "Controls without a plan",
	title: "Copy of the previous block",
	short: "previous",
	meaning: "An exact copy of the previous block: that block runs twice in a row.",
	reads: READS_PARENTS,
	parents: "previous",
	zeroInit: false,
	trains: "new",
	fill: copyOf("previous")
};
var COPY_PREVIOUS_ZERO = {
	...COPY_PREVIOUS,
	id: "copy-previous:zero",
	title: "Copy of the previous block, zeroed",
	short: "previous, zeroed",
	meaning: "A copy of the previous block with o_proj and down_proj zeroed. With it the model starts as it was.",
	zeroInit: true
};
var COPY_NEXT = {
	...COPY_PREVIOUS,
	id: "copy-next",
	title: "Copy of the next block",
	short: "next",
	meaning: "An exact copy of the next block: that block runs twice in a row.",
	parents: "pair",
	like: "next",
	fill: copyOf("next")
};
var COPY_NEXT_ZERO = {
	...COPY_NEXT,
	id: "copy-next:zero",
	title: "Copy of the next block, zeroed",
	short: "next, zeroed",
	meaning: "A copy of the next block with o_proj and down_proj zeroed. With it the model starts as it was.",
	zeroInit: true
};
// src/upscale/methods/half-next.ts
/**
* Control for `opt-deus:literal`, which should give nearly the same block: its unscaled plan shrinks the previous block to
* almost nothing (method.md 4 and 5). The norm before the MLP is ¼ of the previous block's plus ½ of the next's; norms that move
* with a projection are the next block's at half scale, as it is; all others are the mean of both parents' norms.
*/
var HALF_NEXT = {
	id: "half-next",
	group: "Controls without a plan",
	title: "Next block at half scale",
	short: "half next",
	meaning: "Every matrix is the next block’s at half scale: what the released script comes to once its plan has shrunk the previous block to nothing.",
	reads: READS_FUSED,
	parents: "pair",
	like: "next",
	zeroInit: true,
	trains: "new",
	fill: (assembly, context) => {
		const { backend, config, alpha } = context;
		const { norms, gainOffset } = architectureOf(config);
		return assembly.forEachTensor((key, previous) => {
			const next = assembly.nextTensor(key);
			if (key === `${norms.beforeMlp}.weight`) {
				const sum = backend.weightedSum(previous, alpha / 2, next, 1 - alpha);
				if (gainOffset === 0) return assembly.addComputed(key, sum);
				const acting = shiftedGain(backend, sum, -alpha / 2 * gainOffset);
				backend.free(sum);
				return assembly.addComputed(key, acting);
			}
			if (isNorm(key) && !isCompanionNorm(config, key)) return assembly.fuse(key, previous, next);
			return assembly.addComputed(key, backend.weightedSum(next, 1 - alpha));
		});
	}
};
// src/upscale/methods/lesa.ts
/** Layer expansion by prediction (LESA, method.md 6.4). Norms and biases of a new block are those of block 0. */
var LESA = {
	id: "lesa",
	group: "Other published methods",
	title: "LESA, predicted",
	short: "lesa",
	meaning: "The matrices are predicted from both neighbours’ by small networks trained on this model’s own blocks. Training them takes a while, more so on the CPU.",
	sources: ["Yang et al., *LESA: Learnable LLM Layer Scaling-Up*, [arXiv 2502.13794](https://arxiv.org/abs/2502.13794)."],
	reads: [...READS_PARENTS, "seed"],
	seedDecides: "The seed decides how the small networks start and in which order they see their examples. Rounding decides a little too: another backend may predict matrices that differ by a tenth, and a loss that differs in its third decimal.",
	parents: "pair",
	zeroInit: false,
	trains: "new",
	/** Same checks as `prepare`, but before any work. */
	check({ layers, hiddenSize = 0, intermediateSize = 0 }) {
		if (layers < 3) throw new UpscaleError(`lesa: expected a model of at least 3 blocks, got ${layers}. Choose another method or a deeper model.`);
		const widest = Math.max(hiddenSize, intermediateSize);
		if (widest > 2048) throw new UpscaleError(`lesa: expected at most ${MAX_ROWS} neurons in a tensor, whose singular value decomposition takes time with their cube, got ${widest}. Choose another method or a smaller model.`);
	},
	prepare: async (context) => (await import("./prepare-BTOi_BBj.mjs")).prepare(context)
};
// src/upscale/methods/llama-pro.ts
/** LLaMA-Pro block expansion (method.md 6.2): after every group of blocks, a copy that starts as the identity. */
var LLAMA_PRO = {
	id: "llama-pro",
	group: "Other published methods",
	title: "LLaMA-Pro, copy",
	short: "copy",
	meaning: "A copy of the previous block with o_proj and down_proj zeroed. One parent, no plan.",
	sources: ["Wu et al., *LLaMA Pro: Progressive LLaMA with Block Expansion*, [arXiv 2401.02415](https://arxiv.org/abs/2401.02415)."],
	reads: READS_PARENTS,
	parents: "previous",
	gaps: "spread",
	zeroInit: true,
	trains: "new",
	fill: copyOf("previous")
};
// src/upscale/methods/opt-deus.ts
/** The released script's settings (method.md 3), except that the plan is rescaled. */
var RESCALED = {
	plan: "entropic",
	rescaled: true,
	mlpInput: "output",
	cost: RAW_EUCLIDEAN,
	epsilon: "absolute"
};
/** Declares a variant of OpT-DeUS with its transport flow. */
var optDeus = (flow, said) => ({
	...said,
	group: "Optimal transport (OpT-DeUS)",
	reads: READS_MATCHED,
	parents: "pair",
	zeroInit: true,
	trains: "new",
	flow,
	fill: async (assembly, context) => (await import("./fuse-DM1mbzMm.mjs")).fuseBlocks(assembly, context, flow)
});
/** The most likely reading of the paper: P = n·T wherever the plan is used. */
var PAPER = optDeus(RESCALED, {
	id: "opt-deus:paper",
	title: "OpT-DeUS, rescaled plan",
	short: "paper",
	meaning: "Moves the previous block’s rows with the plan rescaled by n and averages them with the next block’s. How much is really moved depends on how sharp each plan is."
});
/** The released script: the plan is never rescaled, so moved rows shrink by 1/n (method.md 4). */
var LITERAL = optDeus({
	...RESCALED,
	rescaled: false
}, {
	id: "opt-deus:literal",
	title: "OpT-DeUS, as released",
	short: "literal",
	meaning: "The released script, which does not rescale the plan: the moved rows shrink by n and all but vanish, leaving the next block at half scale."
});
/** This flow with transformer-fusion's settings for weights, the source of ε = 0.06 (method.md 5). */
var TF = optDeus({
	...RESCALED,
	mlpInput: "mixed",
	cost: {
		metric: "euclidean",
		rows: "unit",
		scale: "max"
	}
}, {
	id: "opt-deus:tf",
	title: "OpT-DeUS, transformer-fusion’s cost",
	short: "tf",
	meaning: "The rescaled plan with the cost that ε = 0.06 was found for: rows at unit norm, divided by the largest cost. The MLP’s inputs are moved by half of o_proj’s map and half of the identity.",
	sources: ["Imfeld et al., *Transformer Fusion with Optimal Transport*, ICLR 2024 ([code](https://github.com/graldij/transformer-fusion))."]
});
/** ε from the spread of each cost, because close costs would make a plan uniform at a fixed ε. */
var RELATIVE = optDeus({
	...RESCALED,
	epsilon: "relative"
}, {
	id: "opt-deus:relative",
	title: "OpT-DeUS, ε from the cost",
	short: "relative",
	meaning: "The rescaled plan with ε chosen for every tensor from the spread of its own costs, so that no plan is uniform only because its costs lie close together."
});
/** The limit ε → 0: exact permutations in the same flow. */
var HARD = optDeus({
	...RESCALED,
	plan: "permutation"
}, {
	id: "opt-deus:hard",
	title: "OpT-DeUS, exact assignment",
	short: "hard",
	meaning: "Pairs rows one to one with the exact assignment instead of a soft plan: rows are permuted, never blended, then averaged with the next block’s."
});
// src/upscale/methods/passthrough.ts
/** mergekit's passthrough (method.md 6.6): slices of base blocks, unchanged or with scaled tensors. */
var PASSTHROUGH = {
	id: "passthrough",
	group: "Other published methods",
	title: "Passthrough, slices of blocks",
	short: "slices",
	meaning: "Base blocks slice after slice, as mergekit’s passthrough does; a scale multiplies o_proj and down_proj of its slice, a filter any tensor.",
	reads: ["slices"],
	zeroInit: false,
	trains: "all",
	slices: (_, { slices }) => {
		if (slices) return slices;
		throw new UpscaleError("passthrough: expected slices of base blocks, got none. Name them, for example 0-6 and 2-8.");
	}
};
// src/upscale/methods/random.ts
/** Control for whether the direction of a new block's rows matters: random directions at the parents' norms. */
var RANDOM = {
	id: "random",
	group: "Controls without a plan",
	title: "Random rows",
	short: "random",
	meaning: "Rows drawn at random and scaled to the parents’ norms, zeroed: the control for whether it matters what a new block starts from.",
	reads: [...READS_FUSED, "seed"],
	parents: "pair",
	zeroInit: true,
	trains: "new",
	fill: async (assembly, context) => {
		const { randomRows } = await import("./random-rows-Cp8nyRta.mjs");
		return assembly.forEachTensor(async (key, previous, index) => {
			const next = assembly.nextTensor(key);
			if (isNorm(key)) return assembly.fuse(key, previous, next);
			return assembly.addComputed(key, await randomRows(context, {
				previous,
				next,
				index
			}));
		});
	}
};
// src/upscale/methods/solar.ts
/** SOLAR (method.md 6.1): two overlapping copies: blocks 0 … n − m − 1, then m … n − 1, with m = ⌊n/4⌋. */
var SOLAR = {
	id: "solar",
	group: "Other published methods",
	title: "SOLAR, two overlapping copies",
	short: "solar",
	meaning: "All blocks but the last quarter, then all but the first quarter. Whole blocks in a new order; nothing is computed.",
	sources: ["Kim et al., *SOLAR 10.7B: Scaling Large Language Models with Simple yet Effective Depth Up-Scaling*, [arXiv 2312.15166](https://arxiv.org/abs/2312.15166)."],
	reads: [],
	zeroInit: false,
	trains: "all",
	slices: (layers) => {
		const dropped = Math.floor(layers / 4);
		if (dropped === 0) throw new UpscaleError(`solar: expected at least 4 blocks, a quarter of which is dropped from each copy, got ${layers}. Choose stack.`);
		return [{
			start: 0,
			end: layers - dropped
		}, {
			start: dropped,
			end: layers
		}];
	}
};
// src/upscale/methods/stack.ts
/** The whole model twice (G_stack with growth factor 2, method.md 6.5). */
var STACK = {
	id: "stack",
	group: "Other published methods",
	title: "G_stack, the model twice",
	short: "stack",
	meaning: "All blocks, then all of them again. Whole blocks in a new order; nothing is computed.",
	sources: ["Du et al., *Stacking Your Transformers: A Closer Look at Model Growth for Efficient LLM Pre-Training*, [arXiv 2405.15319](https://arxiv.org/abs/2405.15319)."],
	reads: [],
	zeroInit: false,
	trains: "all",
	slices: (layers) => [{
		start: 0,
		end: layers
	}, {
		start: 0,
		end: layers
	}]
};
// src/upscale/methods/structured.ts
/** Defaults for matching units. `mlpInput` is unused: no tensor's inputs are moved. */
var FLOW = {
	plan: "entropic",
	rescaled: true,
	mlpInput: "output",
	cost: RAW_EUCLIDEAN,
	epsilon: "chosen"
};
// src/upscale/methods/index.ts
/** All methods, in display order. */
var METHODS = [
	PAPER,
	LITERAL,
	TF,
	RELATIVE,
	HARD,
	{
		id: "opt-deus:structured",
		group: "Optimal transport (OpT-DeUS)",
		title: "OpT-DeUS, symmetries respected",
		short: "structured",
		meaning: "Matches only what may be exchanged without changing what a block computes: MLP units with one plan for gate, up and down, heads as wholes. The residual stream is never moved.",
		reads: [...READS_MATCHED, "structured"],
		parents: "pair",
		zeroInit: true,
		trains: "new",
		flow: FLOW,
		headPlans: ["self_attn.v_proj"],
		check({ architecture }, { cost, structured }) {
			if (structured.rotate && architecture && architectureOf({ architecture }).queryKeyNorms) throw new UpscaleError(`opt-deus:structured: expected no rotations of rotary pairs in a model with norms of q and k (${architecture}), whose gains tell the two dimensions of a pair apart, got rotate. Turn the rotations off.`);
			if (cost.features !== "activations" || !structured.rotate) return;
			throw new UpscaleError("opt-deus:structured: expected no rotations where activations are compared, for they are fitted to weights, got rotate. Turn the rotations off, or choose features: weights.");
		},
		fill: async (assembly, context) => (await import("./fill-CHiM8iCK.mjs")).fillStructured(assembly, {
			...context,
			flow: FLOW
		}),
		problem: async (context, tensor, part) => (await import("./problem-g6fxmRc1.mjs")).structuredProblem(context, tensor, part)
	},
	HALF_NEXT,
	AVERAGE,
	AVERAGE_ZERO,
	AVERAGE_NORMS,
	COPY_PREVIOUS,
	COPY_PREVIOUS_ZERO,
	COPY_NEXT,
	COPY_NEXT_ZERO,
	RANDOM,
	LLAMA_PRO,
	LESA,
	SOLAR,
	STACK,
	PASSTHROUGH
];
var METHOD_IDS = METHODS.map(({ id }) => id);
var BY_ID = new Map(METHODS.map((method) => [method.id, method]));
/** Returns a method by id. @throws UpscaleError if there is no such method. */
function methodOf(id) {
	const method = BY_ID.get(id);
	if (method) return method;
	throw new UpscaleError(`expected a method among ${METHOD_IDS.join(", ")}, got ${id}. Choose one of these.`);
}
export { isLayout as i, methodOf as n, flowOf as r, METHOD_IDS as t };

//# sourceMappingURL=methods-QHAmL5_U.mjs.map