import type { MethodId, Recipe } from '../../recipe/schema';

/** What the page says about a method. */
export interface MethodWords {
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
}

interface MethodGroup {
  readonly title: string;
  readonly methods: readonly MethodWords[];
}

type Rest = Omit<MethodWords, 'id' | 'title' | 'short' | 'sentence'>;

const SOFT: Rest = {
  plan: 'entropic',
  epsilon: 'absolute',
  zeroes: true,
  parents: 'pair',
  fuses: true,
  seeded: true,
};
const PLANLESS: Rest = { ...SOFT, plan: 'none', seeded: false };
const COPY: Rest = { ...PLANLESS, fuses: false };
const LAYOUT: Rest = { ...COPY, zeroes: false, parents: 'layout' };

const words = (id: MethodId, title: string, short: string, sentence: string, rest: Rest): MethodWords => ({
  id,
  title,
  short,
  sentence,
  ...rest,
});

export const METHOD_GROUPS: readonly MethodGroup[] = [
  {
    title: 'Optimal transport (OpT-DeUS)',
    methods: [
      words(
        'opt-deus:paper',
        'OpT-DeUS, rescaled plan',
        'paper',
        'Moves the previous block’s rows with the plan rescaled by n and averages them with the next block’s. How much is really moved depends on how sharp each plan is.',
        SOFT,
      ),
      words(
        'opt-deus:literal',
        'OpT-DeUS, as released',
        'literal',
        'The released script, which does not rescale the plan: the moved rows shrink by n and all but vanish, leaving the next block at half scale.',
        SOFT,
      ),
      words(
        'opt-deus:tf',
        'OpT-DeUS, transformer-fusion’s cost',
        'tf',
        'The rescaled plan with the cost that ε = 0.06 was found for: rows at unit norm, divided by the largest cost. The MLP’s inputs are moved by half of o_proj’s map and half of the identity.',
        SOFT,
      ),
      words(
        'opt-deus:relative',
        'OpT-DeUS, ε from the cost',
        'relative',
        'The rescaled plan with ε chosen for every tensor from the spread of its own costs, so that no plan is uniform only because its costs lie close together.',
        { ...SOFT, epsilon: 'relative' },
      ),
      words(
        'opt-deus:hard',
        'OpT-DeUS, exact assignment',
        'hard',
        'Pairs rows one to one with the exact assignment instead of a soft plan: rows are permuted, never blended, then averaged with the next block’s.',
        { ...SOFT, plan: 'permutation' },
      ),
      words(
        'opt-deus:structured',
        'OpT-DeUS, symmetries respected',
        'structured',
        'Matches only what may be exchanged without changing what a block computes: MLP units with one plan for gate, up and down, heads as wholes. The residual stream is never moved.',
        { ...SOFT, epsilon: 'chosen' },
      ),
    ],
  },
  {
    title: 'Controls without a plan',
    methods: [
      words(
        'half-next',
        'Next block at half scale',
        'half next',
        'Every matrix is the next block’s at half scale: what the released script comes to once its plan has shrunk the previous block to nothing.',
        PLANLESS,
      ),
      words(
        'average',
        'Average, as released',
        'average',
        'The plain mean of the two neighbours (Avg-DeUS). Nothing is zeroed, so the model changes at once.',
        { ...PLANLESS, zeroes: false },
      ),
      words(
        'average:zero',
        'Average, zeroed',
        'average, zeroed',
        'The plain mean with o_proj and down_proj zeroed: the control that tells the plan’s effect from that of zeroing.',
        PLANLESS,
      ),
      words(
        'copy-previous',
        'Copy of the block below',
        'previous',
        'An exact copy of the block below: that block runs twice in a row.',
        { ...COPY, parents: 'previous', zeroes: false },
      ),
      words(
        'copy-previous:zero',
        'Copy of the block below, zeroed',
        'previous, zeroed',
        'A copy of the block below with o_proj and down_proj zeroed. With it the model starts as it was.',
        { ...COPY, parents: 'previous' },
      ),
      words(
        'copy-next',
        'Copy of the block above',
        'next',
        'An exact copy of the block above: that block runs twice in a row.',
        { ...COPY, zeroes: false },
      ),
      words(
        'copy-next:zero',
        'Copy of the block above, zeroed',
        'next, zeroed',
        'A copy of the block above with o_proj and down_proj zeroed. With it the model starts as it was.',
        COPY,
      ),
      words(
        'random',
        'Random rows at the parents’ norms',
        'random',
        'Rows drawn at random and scaled to the parents’ norms, zeroed: the control for whether it matters what a new block starts from.',
        { ...PLANLESS, seeded: true },
      ),
    ],
  },
  {
    title: 'Other published methods',
    methods: [
      words(
        'llama-pro',
        'LLaMA-Pro, copy',
        'copy',
        'A copy of the block below with o_proj and down_proj zeroed. One parent, no plan.',
        { ...COPY, parents: 'previous' },
      ),
      words(
        'lesa',
        'LESA, predicted',
        'lesa',
        'The matrices are predicted from both neighbours’ by small networks trained on this model’s own blocks. Training them takes a while, more so on the CPU.',
        { ...COPY, zeroes: false, seeded: true },
      ),
      words(
        'solar',
        'SOLAR, two overlapping copies',
        'solar',
        'All blocks but the last quarter, then all but the first quarter. Whole blocks in a new order; nothing is computed.',
        LAYOUT,
      ),
      words(
        'stack',
        'G_stack, the model twice',
        'stack',
        'All blocks, then all of them again. Whole blocks in a new order; nothing is computed.',
        LAYOUT,
      ),
      words(
        'passthrough',
        'Passthrough, slices of blocks',
        'slices',
        'Base blocks slice after slice, as mergekit’s passthrough does; a scale multiplies o_proj and down_proj of its slice.',
        LAYOUT,
      ),
    ],
  },
];

const WORDS = new Map(METHOD_GROUPS.flatMap((group) => group.methods).map((method) => [method.id, method]));

export function methodWords(id: MethodId): MethodWords {
  const found = WORDS.get(id);
  if (found === undefined) throw new Error(`No words for the method ${id}; add them to METHOD_GROUPS.`);
  return found;
}

/** How the recipe's plans are solved; undefined for a method without plans. */
export function solverOf({
  method,
  solver,
}: Pick<Recipe, 'method' | 'solver'>): Exclude<Recipe['solver']['kind'], 'method'> | undefined {
  const { plan } = methodWords(method);
  if (plan === 'none') return undefined;
  if (solver.kind !== 'method') return solver.kind;
  return plan === 'permutation' ? 'exact' : 'sinkhorn';
}

/** The kind of plan a recipe makes, before any is solved. */
export function planOf(recipe: Pick<Recipe, 'method' | 'solver'>): MethodWords['plan'] {
  const solver = solverOf(recipe);
  return solver === undefined ? 'none' : solver === 'exact' ? 'permutation' : 'entropic';
}

/** Whether a recipe's costs are between activations. */
export const comparesActivations = ({ method, cost }: Pick<Recipe, 'method' | 'cost'>): boolean =>
  cost.features === 'activations' && methodWords(method).plan !== 'none';
