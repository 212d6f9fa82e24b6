import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import type { SolutionCache } from '../../transport/solution-cache';
import type { AssemblyContext } from '../block/assembly';
import type { BlockSource } from '../block/lease';
import type { ExpandRecipe } from './recipe';

/** The matrices compared between the two parents, keyed as their weights: the weights themselves, or features in their place. */
export interface ComparedBlocks {
  readonly previous: Block;
  readonly next: Block;
}

/** The input of a method that is the same for all gaps. */
export interface MethodContext extends Pick<
  Readonly<ExpandRecipe>,
  'solver' | 'cost' | 'alpha' | 'structured' | 'seed'
> {
  readonly backend: Backend;
  readonly config: LlamaConfig;
  /** All base blocks. A block that was taken must be released. */
  readonly weights: BlockSource;
  /** True: the output projections of new blocks are zero. */
  readonly zeroInit: boolean;
  /** Cache of solved transport problems. */
  readonly solutions?: SolutionCache | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each tensor, and before each part of the work shared by all gaps. */
  readonly onTensor?: ((label: string, fraction: number) => void) | undefined;
}

/** The input of a method for the new block of one gap. */
export interface BlockContext extends MethodContext, AssemblyContext {
  /** Features that are compared in place of the parents' weights. Undefined: compare the weights. */
  readonly compared?: ComparedBlocks | undefined;
  /** True: also solve plans that only their summaries need. */
  readonly allPlans: boolean;
}

/** The input of `GapMethod.problem`. `previous` and `next` hold the compared matrices. */
export type ProblemContext = Pick<
  BlockContext,
  'backend' | 'config' | 'structured' | 'cost' | 'zeroInit' | 'signal'
> &
  ComparedBlocks;

/** Rows to match: `a` of the previous block, after its input map, and `b` of the next. The receiver frees the pair. */
export interface RowPair {
  readonly a: Tensor;
  readonly b: Tensor;
  free(): void;
}

/** The rows compared for one tensor. The receiver frees them. */
export interface Problem extends RowPair {
  /** True: one plan matches all rows of `a` with those of `b`. False: the rows have costs but no single plan. */
  readonly planned: boolean;
}
