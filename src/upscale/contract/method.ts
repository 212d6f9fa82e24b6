import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import type { MethodId, Slice } from '../../recipe/schema';
import type { Solutions } from '../../transport/solutions';
import type { BlockSource } from '../block/borrow';
import type { Compared } from '../expanding/compared';
import type { Flow } from './flow';
import type { Parents } from '../expanding/layout';
import type { NewBlock } from '../block/new-block';
import type { RowPair } from '../opt-deus/pair';
import type { PlannedTensor } from '../block/planned';
import type { ExpandRecipe } from './recipe';

/** What the new blocks of all gaps have in common. */
export interface MethodContext extends Pick<
  ExpandRecipe,
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
export interface MakeContext extends MethodContext {
  readonly gap: number;
  /** The lower parent: base block `previousIndex`, which is `gap` unless parents were chosen by hand. */
  readonly previous: Block;
  readonly previousIndex: number;
  /** The upper parent, likewise `gap + 1`; undefined for methods that do not read it. */
  readonly next: Block | undefined;
  readonly nextIndex: number;
  /** What is compared in place of the parents' weights; absent: the weights themselves. */
  readonly compared?: Compared | undefined;
  /** Solve also the plans that no tensor of the new block needs, for their summaries. */
  readonly allPlans: boolean;
  /** Zeros of a shape, shared and owned by the caller. */
  readonly zeros: (shape: readonly number[]) => Tensor;
}

/** Makes the new blocks of one gap after another. */
export interface Maker {
  /** @throws UpscaleError or TransportError when the block cannot be made; AbortError. */
  make(context: MakeContext): Promise<NewBlock>;
  free(): void;
}

interface Common {
  readonly id: MethodId;
  /** For people. */
  readonly title: string;
  /** One sentence on what the new block's weights are, for cards and hints. */
  readonly description: string;
  /** Whether output projections are zeroed when the recipe leaves it to the method. */
  readonly zeroInit: boolean;
  /** What its authors train after it: the new blocks alone, or the whole model. */
  readonly trains: 'new' | 'all';
}

/** What a method is given to show one tensor's problem of its own: the blocks are what is compared. */
export type ProblemContext = Pick<
  MakeContext,
  'backend' | 'config' | 'structured' | 'cost' | 'zeroInit' | 'signal'
> &
  Compared;

/** What is compared for one tensor, to be freed when done. */
export interface Problem extends RowPair {
  /** Whether one plan matches all rows of `a` with those of `b`; else they are compared as they are. */
  readonly planned: boolean;
}

/** A way to make new blocks that go into gaps between base blocks. */
export interface GapMethod extends Common {
  readonly parents: Parents;
  /** Undefined for methods that move no rows by the flow of OpT-DeUS. */
  readonly flow: Flow | undefined;
  make(context: MakeContext): Promise<NewBlock>;
  /** The problem of one tensor, or of one of the heads it is matched by, where the plans are not those of the flow of OpT-DeUS. */
  problem?(context: ProblemContext, tensor: PlannedTensor, part: number | undefined): Promise<Problem>;
  /** Work that all gaps share, done once before the first. What it returns then makes the blocks, in place of `make`. */
  prepare?(context: MethodContext): Promise<Maker>;
}

/** A way to put whole base blocks in a new order. It has no gaps and computes no weights. */
export interface LayoutMethod extends Common {
  /** The base blocks of the new model, bottom to top. @throws UpscaleError when the model has too few. */
  slices(layers: number, recipe: Pick<ExpandRecipe, 'slices'>): readonly Slice[];
}

export type Method = GapMethod | LayoutMethod;

export const isLayout = (method: Method): method is LayoutMethod => 'slices' in method;
