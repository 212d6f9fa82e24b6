import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import type { Solutions } from '../../transport/solutions';
import type { AssemblyContext } from '../block/assembly';
import type { BlockSource } from '../block/lease';
import type { ExpandRecipe } from './recipe';

/** What is compared of the two blocks of a gap, keyed as their weights: these themselves, or features that stand for them. */
export interface ComparedBlocks {
  readonly previous: Block;
  readonly next: Block;
}

/** What the new blocks of all gaps have in common. */
export interface MethodContext extends Pick<
  Readonly<ExpandRecipe>,
  'solver' | 'cost' | 'alpha' | 'structured' | 'seed'
> {
  readonly backend: Backend;
  readonly config: LlamaConfig;
  /** All base blocks; what is taken must be released. */
  readonly weights: BlockSource;
  /** Whether the blocks' output projections are zeroed. */
  readonly zeroInit: boolean;
  /** Solutions of transport problems solved before. */
  readonly solutions?: Solutions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each tensor is made, or each part of the work all gaps share. */
  readonly onTensor?: ((label: string, fraction: number) => void) | undefined;
}

/** What a method is given to make the new block of one gap. */
export interface BlockContext extends MethodContext, AssemblyContext {
  /** What is compared in place of the parents' weights; absent: the weights themselves. */
  readonly compared?: ComparedBlocks | undefined;
  /** Solve also the plans that no tensor of the new block needs, for their summaries. */
  readonly allPlans: boolean;
}

/** What a method is given to show one tensor's problem of its own: the blocks are what is compared. */
export type ProblemContext = Pick<
  BlockContext,
  'backend' | 'config' | 'structured' | 'cost' | 'zeroInit' | 'signal'
> &
  ComparedBlocks;

/** Rows to be matched: `a` of the previous block, after its input map, and `b` of the next. Free when done with both. */
export interface RowPair {
  readonly a: Tensor;
  readonly b: Tensor;
  free(): void;
}

/** What is compared for one tensor, to be freed when done. */
export interface Problem extends RowPair {
  /** Whether one plan matches all rows of `a` with those of `b`; else they are compared as they are. */
  readonly planned: boolean;
}
