import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { CostSettings } from '../../transport/cost-settings';
import { applyPlan } from '../../transport/plan';
import type { SolutionCache } from '../../transport/solution-cache';
import { type SolveResult, type Solver, solve } from '../../transport/solve';
import type { Recipe } from '../../recipe/schema';
import { blockTensor } from '../block/block-tensor';
import { shiftedGain } from '../block/gains';
import type { ComparedBlocks, RowPair } from '../contract/context';
import type { TransportFlow } from '../contract/transport-flow';
import { flowCost, flowSolver } from '../contract/matching';
import type { PlannedTensor } from '../block/planned';

interface PairOptions {
  readonly signal?: AbortSignal | undefined;
  readonly compared?: ComparedBlocks | undefined;
  readonly solutions?: SolutionCache | undefined;
}

/** Tensors whose inputs o_proj's plan maps before they are compared (method.md 3.2). */
const AFTER_OUTPUT: ReadonlySet<PlannedTensor> = new Set<PlannedTensor>(['mlp.gate_proj', 'mlp.up_proj']);

/** Returns the keys of the weights that the problem of a tensor compares. */
export const comparedWeights = (tensor: PlannedTensor): string[] =>
  [tensor, ...(AFTER_OUTPUT.has(tensor) ? ['self_attn.o_proj'] : [])].map((name) => `${name}.weight`);

/**
 * The transport flow of OpT-DeUS between two blocks (method.md 3.2). q, k, v, o and down are compared unchanged; gate and up
 * after o_proj's plan, alone or mixed with the identity, has moved the previous block's inputs. o_proj's plan is solved once,
 * when first needed. Every plan is used as T (`rescaled` false, as in the released script) or as P = n·T. If activations
 * are `compared`, the input map is not in the cost of gate and up, because activations belong to a block's own inputs; it
 * is only in the weights that their plans move.
 */
export class BlockPair {
  readonly #backend: Backend;
  readonly #previous: Block;
  readonly #next: Block;
  readonly #flow: TransportFlow;
  readonly #solver: Solver;
  readonly #cost: CostSettings;
  readonly #signal: AbortSignal | undefined;
  readonly #compared: ComparedBlocks | undefined;
  readonly #solutions: SolutionCache | undefined;
  #output: SolveResult | undefined;

  constructor(
    backend: Backend,
    blocks: { previous: Block; next: Block },
    flow: TransportFlow,
    recipe: Pick<Recipe, 'solver' | 'cost' | 'seed'>,
    { signal, compared, solutions }: PairOptions = {},
  ) {
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
  async rows(tensor: PlannedTensor): Promise<RowPair> {
    if (!this.#compared) return this.weights(tensor);
    const { previous, next } = this.#compared;
    const key = `${tensor}.weight`;
    return { a: blockTensor(previous, key), b: blockTensor(next, key), free: () => undefined };
  }

  /** Returns the weights of the previous block, with moved inputs, and of the next. */
  async weights(tensor: PlannedTensor): Promise<RowPair> {
    const key = `${tensor}.weight`;
    const raw = blockTensor(this.#previous, key);
    const b = blockTensor(this.#next, key);
    if (!AFTER_OUTPUT.has(tensor)) return { a: raw, b, free: () => undefined };
    const a = await (this.#flow.mlpInput === 'mixed'
      ? this.mix(raw)
      : this.move(await this.outputPlan(), raw, 1));
    return { a, b, free: () => this.#backend.free(a) };
  }

  solve(pair: RowPair): Promise<SolveResult> {
    return solve(this.#backend, pair.a, pair.b, this.#solver, {
      cost: this.#cost,
      signal: this.#signal,
      solutions: this.#solutions,
    });
  }

  /** Returns o_proj's plan, which this object owns. */
  async outputPlan(): Promise<SolveResult> {
    this.#output ??= await this.solve(await this.rows('self_attn.o_proj'));
    return this.#output;
  }

  /** Moves rows (axis 0) or columns (axis 1) of `x` by the plan, at the flow's scale. The caller owns the result. */
  move({ plan }: SolveResult, x: Tensor, axis: 0 | 1): Promise<Tensor> {
    return applyPlan(this.#backend, plan, x, axis, this.#flow.rescaled ? 'rescaled' : 1, this.#signal);
  }

  /** Moves columns of `x` by ½·o_proj's plan + ½·identity, as the residual stream mixes them. The caller owns the result. */
  async mix(x: Tensor): Promise<Tensor> {
    const moved = await this.move(await this.outputPlan(), x, 1);
    try {
      return this.#backend.weightedSum(moved, 0.5, x, 0.5);
    } finally {
      this.#backend.free(moved);
    }
  }

  /** As `mix`, for a gain as it acts: the checkpoint may store it less 1. The caller owns the result. */
  async mixGain(gain: Tensor, config: LlamaConfig): Promise<Tensor> {
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

  free(): void {
    this.#output?.free();
    this.#output = undefined;
  }
}
