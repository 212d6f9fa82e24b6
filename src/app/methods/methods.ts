import {
  METHOD_GROUPS as GROUPS,
  METHODS,
  type Method,
  flowOf,
  isLayout,
  methodOf,
} from '../../engine/methods';
import type { PlannedTensor } from '../../engine/jobs';
import type { MethodId } from '../../recipe/schema';

export { comparesActivations, planOf, solverOf } from '../../engine/methods';

/** What the page says about a method, as the method declares it. */
export interface MethodInfo {
  readonly id: MethodId;
  readonly title: string;
  readonly short: string;
  /** One honest sentence. */
  readonly sentence: string;
  /** Its transport plan where the recipe leaves the solver to the method: a soft one, an exact one-to-one one, or none. */
  readonly plan: 'entropic' | 'permutation' | 'none';
  /** Where a soft plan’s ε comes from: the recipe, the spread of the cost, or the recipe unless that names a target perplexity. */
  readonly epsilon: 'absolute' | 'relative' | 'chosen';
  /** Whether it zeroes o_proj and down_proj of new blocks by itself. */
  readonly zeroes: boolean;
  /** What it reads of the base: both neighbours of a gap, the block below it, or whole blocks in a new order, without gaps. */
  readonly parents: 'pair' | 'previous' | 'layout';
  /** Whether parents are mixed, with weight α. */
  readonly fuses: boolean;
  /** Whether the seed changes its numbers. */
  readonly seeded: boolean;
  /** What the seed decides, as a sentence, where it is not drawn numbers or the start of the potentials. */
  readonly seedDecides: string | undefined;
  /** Settings of its own that it reads: slices of blocks, or the choices of the structured method. */
  readonly slices: boolean;
  readonly structured: boolean;
  /** Tensors whose heads are matched by a plan each. */
  readonly headPlans: readonly PlannedTensor[];
  /** Whether its authors put blocks after every group of base blocks. */
  readonly spreads: boolean;
}

interface MethodGroup {
  readonly title: string;
  readonly methods: readonly MethodInfo[];
}

function wordsOf(method: Method): MethodInfo {
  const { id, title, short, meaning, reads, zeroInit } = method;
  const flow = flowOf(method);
  return {
    id,
    title,
    short,
    sentence: meaning,
    plan: flow?.plan ?? 'none',
    epsilon: flow?.epsilon ?? 'absolute',
    zeroes: zeroInit,
    parents: isLayout(method) ? 'layout' : method.parents,
    fuses: reads.includes('alpha'),
    seeded: reads.includes('seed'),
    seedDecides: method.seedDecides,
    slices: reads.includes('slices'),
    structured: reads.includes('structured'),
    headPlans: isLayout(method) ? [] : (method.headPlans ?? []),
    spreads: !isLayout(method) && method.gaps === 'spread',
  };
}

export const METHOD_GROUPS: readonly MethodGroup[] = GROUPS.map((title) => ({
  title,
  methods: METHODS.filter(({ group }) => group === title).map(wordsOf),
}));

const WORDS = new Map(METHOD_GROUPS.flatMap((group) => group.methods).map((method) => [method.id, method]));

export function methodInfo(id: MethodId): MethodInfo {
  // An unknown id has no words and no method: the look-up says which there are.
  return WORDS.get(id) ?? wordsOf(methodOf(id));
}
