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

export { comparesActivations, methodTitle, noNullReason, planOf, solverOf } from '../../engine/methods';

/** Texts and properties of a method for the page, taken from its declaration in the engine. */
export interface MethodInfo {
  readonly id: MethodId;
  readonly title: string;
  readonly short: string;
  /** Description in one sentence. */
  readonly sentence: string;
  /** Its plan if the recipe does not choose a solver: soft, exact one-to-one, or none. */
  readonly plan: 'entropic' | 'permutation' | 'none';
  /** How ε is chosen: by the recipe, by the spread of the cost, or by the recipe unless it names a target perplexity. */
  readonly epsilon: 'absolute' | 'relative' | 'chosen';
  /** True if it has a zero start by default. */
  readonly zeroes: boolean;
  /** What it makes blocks from: both neighbours of a gap, the previous block, or whole blocks in a new order (`layout`). */
  readonly parents: 'pair' | 'previous' | 'layout';
  /** True if it mixes the parents with weight α. */
  readonly fuses: boolean;
  /** True if its result depends on the seed. */
  readonly seeded: boolean;
  /** A sentence on what the seed decides, if that is not random rows or initial potentials. */
  readonly seedDecides: string | undefined;
  /** True if it reads the setting of this name from the recipe. */
  readonly slices: boolean;
  readonly structured: boolean;
  /** Tensors with one plan per head. */
  readonly headPlans: readonly PlannedTensor[];
  /** True if its authors put a new block after every group of base blocks. */
  readonly spreads: boolean;
}

interface MethodGroup {
  readonly title: string;
  readonly methods: readonly MethodInfo[];
}

function infoOf(method: Method): MethodInfo {
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
  methods: METHODS.filter(({ group }) => group === title).map(infoOf),
}));

const INFO_BY_ID = new Map(
  METHOD_GROUPS.flatMap((group) => group.methods).map((method) => [method.id, method]),
);

export function methodInfo(id: MethodId): MethodInfo {
  // For an unknown id, `methodOf` throws an error that lists the known ones.
  return INFO_BY_ID.get(id) ?? infoOf(methodOf(id));
}
