import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import type { MethodId, Recipe } from '../../recipe/schema';
import type { Solver } from '../../transport/solve';
import type { Parents } from '../layout';
import type { NewBlock } from '../new-block';

/** What a method is given to make the new block of one gap. */
export interface MakeContext {
  readonly backend: Backend;
  readonly gap: number;
  /** Base block `gap`. */
  readonly previous: Block;
  /** Base block `gap + 1`; undefined for methods that do not read it. */
  readonly next: Block | undefined;
  readonly solver: Recipe['solver'];
  readonly seed: number;
  /** Whether the block's output projections are zeroed. */
  readonly zeroInit: boolean;
  /** Solve also the plans that no tensor of the new block needs, for their summaries. */
  readonly allPlans: boolean;
  /** Zeros of a shape, shared and owned by the caller. */
  readonly zeros: (shape: readonly number[]) => Tensor;
  readonly signal?: AbortSignal | undefined;
  /** Called before each tensor is made. */
  readonly onTensor?: ((key: string, fraction: number) => void) | undefined;
}

/** How the rows of two neighbouring blocks are matched. */
export interface Flow {
  readonly plan: 'entropic' | 'permutation';
  /** Use P = n·T rather than the bare plan T. */
  readonly rescaled: boolean;
}

/** A way to make new blocks. */
export interface Method {
  readonly id: MethodId;
  /** For people. */
  readonly title: string;
  readonly parents: Parents;
  /** Whether output projections are zeroed when the recipe leaves it to the method. */
  readonly zeroInit: boolean;
  /** Undefined for methods that move no rows. */
  readonly flow: Flow | undefined;
  /** One sentence on what the new block's weights are, for cards and hints. */
  readonly description: string;
  /** @throws UpscaleError or TransportError when the block cannot be made; AbortError. */
  make(context: MakeContext): Promise<NewBlock>;
}

/** The solver a recipe means for a flow. */
export const flowSolver = (flow: Flow, solver: Recipe['solver'], seed: number): Solver =>
  flow.plan === 'permutation' ? { kind: 'exact' } : { kind: 'entropic', ...solver, seed };
