import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import type { CostSettings } from '../../transport/cost-settings';
import { applyPlan } from '../../transport/plan';
import type { Solutions } from '../../transport/solutions';
import { type Solved, type Solver, solve } from '../../transport/solve';
import type { Recipe } from '../../recipe/schema';
import { blockTensor } from '../block/block-tensor';
import type { ComparedBlocks, RowPair } from '../contract/context';
import type { TransportFlow } from '../contract/transport-flow';
import { flowCost, flowSolver } from '../contract/matching';
import type { PlannedTensor } from '../block/planned';

interface PairOptions {
  readonly signal?: AbortSignal | undefined;
  readonly compared?: ComparedBlocks | undefined;
  readonly solutions?: Solutions | undefined;
}

/** The tensors whose input side is mapped by o_proj's plan before they are compared (method.md 3.2). */
const AFTER_OUTPUT: ReadonlySet<PlannedTensor> = new Set<PlannedTensor>(['mlp.gate_proj', 'mlp.up_proj']);

/**
 * The transport flow of OpT-DeUS between two blocks (method.md 3.2): q, k, v, o and down are compared as they are, gate and
 * up after the previous block's inputs were moved by o_proj's plan, alone or mixed with the identity. That plan is solved
 * once, when first needed. A plan T is used as it is (`rescaled` false, as in the released script) or as P = n·T at every
 * use. Activations belong to a block's own inputs: where they are `compared`, the input map is not in the cost of gate and
 * up, only in the weights that their plans move.
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
  readonly #solutions: Solutions | undefined;
  #output: Solved | undefined;

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

  /** The rows whose distances are the cost of this tensor's problem. */
  async rows(tensor: PlannedTensor): Promise<RowPair> {
    if (!this.#compared) return this.weights(tensor);
    const { previous, next } = this.#compared;
    const key = `${tensor}.weight`;
    return { a: blockTensor(previous, key), b: blockTensor(next, key), free: () => undefined };
  }

  /** Weights of the previous block, their inputs moved, and of the next. */
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

  solve(pair: RowPair): Promise<Solved> {
    return solve(this.#backend, pair.a, pair.b, this.#solver, {
      cost: this.#cost,
      signal: this.#signal,
      solutions: this.#solutions,
    });
  }

  /** o_proj's plan. It stays this object's. */
  async outputPlan(): Promise<Solved> {
    this.#output ??= await this.solve(await this.rows('self_attn.o_proj'));
    return this.#output;
  }

  /** Rows (axis 0) or columns (axis 1) of `x` moved by the plan, at the flow's scale. The caller owns the result. */
  move({ plan }: Solved, x: Tensor, axis: 0 | 1): Promise<Tensor> {
    return applyPlan(this.#backend, plan, x, axis, this.#flow.rescaled ? 'rescaled' : 1, this.#signal);
  }

  /** Columns of `x` moved by ½·o_proj's plan + ½·identity, as the residual stream mixes them. The caller owns the result. */
  async mix(x: Tensor): Promise<Tensor> {
    const moved = await this.move(await this.outputPlan(), x, 1);
    try {
      return this.#backend.weightedSum(moved, 0.5, x, 0.5);
    } finally {
      this.#backend.free(moved);
    }
  }

  free(): void {
    this.#output?.free();
    this.#output = undefined;
  }
}
