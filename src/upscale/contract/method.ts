/*
 * contract: what a method declares about itself, what it is given, and the flow it may match rows by. Everything that
 * makes, lists or runs methods builds on this room; it imports `block` and nothing else of src/upscale.
 */
import type { LlamaConfig } from '../../llama/config';
import type { GapPreset, MethodId, Slice } from '../../recipe/schema';
import type { BlockAssembly } from '../block/assembly';
import type { PlannedTensor } from '../block/planned';
import type { BlockContext, MethodContext, Problem, ProblemContext } from './context';
import type { TransportFlow } from './transport-flow';
import type { ExpandRecipe } from './recipe';

/** Headings of the menu of methods, in its order. */
export const METHOD_GROUPS = [
  'Optimal transport (OpT-DeUS)',
  'Controls without a plan',
  'Other published methods',
] as const;

/** Parts of a recipe that only some methods read. */
export const SETTINGS = [
  'gaps',
  'parents',
  'alpha',
  'solver',
  'cost',
  'group',
  'slices',
  'structured',
  'seed',
] as const;
export type Setting = (typeof SETTINGS)[number];

/** What a method reads that makes blocks from parents. */
export const READS_PARENTS: readonly Setting[] = ['gaps', 'parents', 'group'];
/** What a method reads that mixes two parents. */
export const READS_FUSED: readonly Setting[] = [...READS_PARENTS, 'alpha'];
/** What a method reads that matches their rows by transport plans. */
export const READS_MATCHED: readonly Setting[] = [...READS_FUSED, 'solver', 'cost', 'seed'];

/** Which base blocks a method reads: those on both sides of the gap, or only the one before it. */
export type Parents = 'pair' | 'previous';

/** What of a model decides whether a method applies. Without widths only the depth is judged. */
export type ModelShape = Pick<LlamaConfig, 'layers'> &
  Partial<Pick<LlamaConfig, 'hiddenSize' | 'intermediateSize'>>;

/**
 * What a method says about itself. The recipe's schema, menus, the command line's help, notices, model cards and the table in
 * the README follow from it.
 */
interface Declaration {
  /** Its name in recipes, links and on the command line. */
  readonly id: MethodId;
  readonly group: (typeof METHOD_GROUPS)[number];
  /** For menus and headings. */
  readonly title: string;
  /** For labels in small places. */
  readonly short: string;
  /** One or two honest sentences on what a new block is. */
  readonly meaning: string;
  /** What it reads of a recipe, beside the zeroing that all read. */
  readonly reads: readonly Setting[];
  /** Whether output projections are zeroed when the recipe leaves it to the method. */
  readonly zeroInit: boolean;
  /** What the seed decides, as a sentence; absent where it is drawn numbers, or the start of the potentials. */
  readonly seedDecides?: string;
  /** What its authors train after it: the new blocks alone, or the whole model. */
  readonly trains: 'new' | 'all';
  /** What it rests on beside OpT-DeUS, as Markdown. */
  readonly sources?: readonly string[];
  /** @throws UpscaleError for a model, or a setting, that the method cannot work with. Called before anything is read. */
  check?(shape: ModelShape, recipe: ExpandRecipe): void;
}

/**
 * Makes the tensors of one new block. The caller builds the block of them, and frees them when it fails.
 * @throws UpscaleError or TransportError when the block cannot be made; AbortError.
 */
export type Fill = (assembly: BlockAssembly, context: BlockContext) => Promise<void>;

/** Fills the blocks of one gap after another, with what was made once for all of them. */
export interface PreparedMethod {
  readonly fill: Fill;
  free(): void;
}

interface GapDeclaration extends Declaration {
  readonly parents: Parents;
  /** The gaps of its authors, where nobody chooses any. */
  readonly gaps?: GapPreset;
  /** How its rows are matched by transport plans; absent for methods without plans. */
  readonly flow?: TransportFlow;
  /** Tensors whose heads are matched by a plan each, instead of one plan for all rows. */
  readonly headPlans?: readonly PlannedTensor[];
  /** The problem of one tensor, or of one of the heads it is matched by, where the plans are not those of the flow of OpT-DeUS. */
  problem?(context: ProblemContext, tensor: PlannedTensor, part: number | undefined): Promise<Problem>;
}

/** How a method makes blocks: each at once, or after work that all gaps share and that is done before the first. */
type Making = { readonly fill: Fill } | { prepare(context: MethodContext): Promise<PreparedMethod> };

/** A way to make new blocks that go into gaps between base blocks. */
export type GapMethod = GapDeclaration & Making;

/** A way to put whole base blocks in a new order. It has no gaps and computes no weights. */
export interface LayoutMethod extends Declaration {
  /** The base blocks of the new model, bottom to top. @throws UpscaleError when the model has too few. */
  slices(layers: number, recipe: Pick<ExpandRecipe, 'slices'>): readonly Slice[];
}

export type Method = GapMethod | LayoutMethod;

export const isLayout = (method: Method): method is LayoutMethod => 'slices' in method;

/** How a method's rows are matched; undefined for methods without plans. */
export const flowOf = (method: Method): TransportFlow | undefined =>
  isLayout(method) ? undefined : method.flow;
