import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { i as applyPlan, r as solve } from "./solve-DyyZ3XKO.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as shiftedGain } from "./gains-cD7ItIm7.mjs";
import { n as flowSolver, t as flowCost } from "./matching-BvFRYSX9.mjs";
// src/upscale/opt-deus/pair.ts
/** Tensors whose inputs o_proj's plan maps before they are compared (method.md 3.2). */
var AFTER_OUTPUT = /* @__PURE__ */ new Set(["mlp.gate_proj", "mlp.up_proj"]);
/** Returns the keys of the weights that the problem of a tensor compares. */
var comparedWeights = (tensor) => [tensor, ...AFTER_OUTPUT.has(tensor) ? ["self_attn.o_proj"] : []].map((name) => `${name}.weight`);
/**
* The transport flow of OpT-DeUS between two blocks (method.md 3.2). q, k, v, o and down are compared unchanged; gate and up
* after o_proj's plan, alone or mixed with the identity, has moved the previous block's inputs. o_proj's plan is solved once,
* when first needed. Every plan is used as T (`rescaled` false, as in the released script) or as P = n·T. If activations
* are `compared`, the input map is not in the cost of gate and up, because activations belong to a block's own inputs; it
* is only in the weights that their plans move.
*/
var BlockPair = class {
	#backend;
	#previous;
	#next;
	#flow;
	#solver;
	#cost;
	#signal;
	#compared;
	#solutions;
	#output;
	constructor(backend, blocks, flow, recipe, { signal, compared, solutions } = {}) {
		this.#backend = backend;
		this.#previous = blocks.previous;
		this.#next = blocks.next;
		this.#flow = flow;
		this.#solver = flowSolver(flow, recipe);
		this.#cost = flowCost(flow, recipe.cost);
		this.#signal = signal;
		this.#compared = compared;
		this.#solutions = solutions;
	}
	/** Returns the rows whose distances are the cost of this tensor's problem. */
	async rows(tensor) {
		if (!this.#compared) return this.weights(tensor);
		const { previous, next } = this.#compared;
		const key = `${tensor}.weight`;
		return {
			a: blockTensor(previous, key),
			b: blockTensor(next, key),
			free: () => void 0
		};
	}
	/** Returns the weights of the previous block, with moved inputs, and of the next. */
	async weights(tensor) {
		const key = `${tensor}.weight`;
		const raw = blockTensor(this.#previous, key);
		const b = blockTensor(this.#next, key);
		if (!AFTER_OUTPUT.has(tensor)) return {
			a: raw,
			b,
			free: () => void 0
		};
		const a = await (this.#flow.mlpInput === "mixed" ? this.mix(raw) : this.move(await this.outputPlan(), raw, 1));
		return {
			a,
			b,
			free: () => this.#backend.free(a)
		};
	}
	solve(pair) {
		return solve(this.#backend, pair.a, pair.b, this.#solver, {
			cost: this.#cost,
			signal: this.#signal,
			solutions: this.#solutions
		});
	}
	/** Returns o_proj's plan, which this object owns. */
	async outputPlan() {
		this.#output ??= await this.solve(await this.rows("self_attn.o_proj"));
		return this.#output;
	}
	/** Moves rows (axis 0) or columns (axis 1) of `x` by the plan, at the flow's scale. The caller owns the result. */
	move({ plan }, x, axis) {
		return applyPlan(this.#backend, plan, x, axis, this.#flow.rescaled ? "rescaled" : 1, this.#signal);
	}
	/** Moves columns of `x` by ½·o_proj's plan + ½·identity, as the residual stream mixes them. The caller owns the result. */
	async mix(x) {
		const moved = await this.move(await this.outputPlan(), x, 1);
		try {
			return this.#backend.weightedSum(moved, .5, x, .5);
		} finally {
			this.#backend.free(moved);
		}
	}
	/** As `mix`, for a gain as it acts: the checkpoint may store it less 1. The caller owns the result. */
	async mixGain(gain, config) {
		const backend = this.#backend;
		const { gainOffset } = architectureOf(config);
		if (gainOffset === 0) return this.mix(gain);
		const acting = shiftedGain(backend, gain, gainOffset);
		try {
			const mixed = await this.mix(acting);
			const stored = shiftedGain(backend, mixed, -gainOffset);
			backend.free(mixed);
			return stored;
		} finally {
			backend.free(acting);
		}
	}
	free() {
		this.#output?.free();
		this.#output = void 0;
	}
};
export { comparedWeights as n, BlockPair as t };

//# sourceMappingURL=pair-DbjP_Af7.mjs.map