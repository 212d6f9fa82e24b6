/*
 * contract: the interface of methods: their declaration, their input (`context`) and the transport flow (`transport-flow`,
 * `matching`). All code that defines, lists or runs methods imports this room. It imports only `block` of src/upscale.
 */
import type { LlamaConfig } from '../../llama/config';
import type { GapPreset, MethodId, Slice } from '../../recipe/schema';
import type { BlockAssembly } from '../block/assembly';
import type { PlannedTensor } from '../block/planned';
import type { BlockContext, MethodContext, Problem, ProblemContext } from './context';
import type { TransportFlow } from './transport-flow';
import type { ExpandRecipe } from './recipe';

/** Headings of the menu of methods, in order. */
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

/** Settings read by methods that make blocks from parents. */
export const READS_PARENTS: readonly Setting[] = ['gaps', 'parents', 'group'];
/** Settings read by methods that mix two parents. */
export const READS_FUSED: readonly Setting[] = [...READS_PARENTS, 'alpha'];
/** Settings read by methods that match the parents' rows by transport plans. */
export const READS_MATCHED: readonly Setting[] = [...READS_FUSED, 'solver', 'cost', 'seed'];

/** The base blocks a method reads: both neighbours of the gap, or only the previous one. */
export type Parents = 'pair' | 'previous';

/** What decides about a model if a method applies to it. Of what is not given nothing is checked. */
export type ModelShape = Pick<LlamaConfig, 'layers'> &
  Partial<Pick<LlamaConfig, 'hiddenSize' | 'intermediateSize' | 'architecture' | 'kinds'>>;

/**
 * Everything a method declares about itself. Menus, the command line's help, notices, model cards and the README's table are
 * made from it.
 */
interface Declaration {
  /** Its name in recipes, links and on the command line. */
  readonly id: MethodId;
  readonly group: (typeof METHOD_GROUPS)[number];
  /** For menus and headings. */
  readonly title: string;
  /** For labels in small places. */
  readonly short: string;
  /** One or two sentences: what a new block is. */
  readonly meaning: string;
  /** Parts of a recipe that it reads, besides `zeroInit`, which all methods read. */
  readonly reads: readonly Setting[];
  /** True: output projections are zeroed if the recipe leaves that to the method. */
  readonly zeroInit: boolean;
  /** A sentence: what the seed decides. Absent if the seed decides random draws or the starting potentials. */
  readonly seedDecides?: string;
  /** What its authors train afterwards: only the new blocks, or the whole model. */
  readonly trains: 'new' | 'all';
  /** Further publications, besides OpT-DeUS, as Markdown. */
  readonly sources?: readonly string[];
  /** Runs before any weight is read. @throws UpscaleError for a model or a setting that the method cannot work with. */
  check?(shape: ModelShape, recipe: ExpandRecipe): void;
}

/**
 * Adds all tensors of one new block to `assembly`, which owns them and frees them on failure.
 * @throws UpscaleError or TransportError when the block cannot be made; AbortError.
 */
export type Fill = (assembly: BlockAssembly, context: BlockContext) => Promise<void>;

/** A method after its shared preparation. It makes the blocks of all gaps, one at a time. */
export interface PreparedMethod {
  readonly fill: Fill;
  free(): void;
}

interface GapDeclaration extends Declaration {
  readonly parents: Parents;
  /** The parent whose settings (see `NewBlock.like`) a new block takes, where the two differ. Default: the previous one. */
  readonly like?: 'next';
  /** Default gaps, as its authors chose them. */
  readonly gaps?: GapPreset;
  /** How transport plans match its rows; absent for methods without plans. */
  readonly flow?: TransportFlow;
  /** Tensors with one plan per head instead of one plan for all rows. */
  readonly headPlans?: readonly PlannedTensor[];
  /** Builds the problem of a tensor, or of one of its heads (`part`). Absent: the problem is that of OpT-DeUS's flow. */
  problem?(context: ProblemContext, tensor: PlannedTensor, part: number | undefined): Promise<Problem>;
}

/** How a method makes blocks: directly, or after a preparation shared by all gaps. */
type Making = { readonly fill: Fill } | { prepare(context: MethodContext): Promise<PreparedMethod> };

/** A method that makes new blocks for gaps between base blocks. */
export type GapMethod = GapDeclaration & Making;

/** A method that puts whole base blocks in a new order. It has no gaps and computes no weights. */
export interface LayoutMethod extends Declaration {
  /** The base blocks of the new model, bottom to top. @throws UpscaleError when the model has too few. */
  slices(layers: number, recipe: Pick<ExpandRecipe, 'slices'>): readonly Slice[];
}

export type Method = GapMethod | LayoutMethod;

export const isLayout = (method: Method): method is LayoutMethod => 'slices' in method;

/** Returns how a method matches rows, or undefined for a method without plans. */
export const flowOf = (method: Method): TransportFlow | undefined =>
  isLayout(method) ? undefined : method.flow;
