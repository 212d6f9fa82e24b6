import type { MethodId } from '../recipe/schema';

/** What the page says about a method. */
export interface MethodWords {
  readonly id: MethodId;
  readonly title: string;
  readonly short: string;
  /** One honest sentence. */
  readonly sentence: string;
  /** Its transport plan: a soft one, an exact one-to-one one, or none. */
  readonly plan: 'entropic' | 'permutation' | 'none';
  /** Whether it zeroes o_proj and down_proj of new blocks by itself. */
  readonly zeroes: boolean;
}

export const METHOD_GROUPS: readonly { readonly title: string; readonly methods: readonly MethodWords[] }[] =
  [
    {
      title: 'Optimal transport (OpT-DeUS)',
      methods: [
        {
          id: 'opt-deus:paper',
          title: 'OpT-DeUS, rescaled plan',
          short: 'paper',
          sentence:
            'Moves the previous block’s rows with the plan rescaled by n and averages them with the next block’s. How much is really moved depends on how sharp each plan is.',
          plan: 'entropic',
          zeroes: true,
        },
        {
          id: 'opt-deus:literal',
          title: 'OpT-DeUS, as released',
          short: 'literal',
          sentence:
            'The released script, which does not rescale the plan: the moved rows shrink by n and all but vanish, leaving the next block at half scale.',
          plan: 'entropic',
          zeroes: true,
        },
        {
          id: 'opt-deus:hard',
          title: 'OpT-DeUS, exact assignment',
          short: 'hard',
          sentence:
            'Pairs rows one to one with the exact assignment instead of a soft plan: rows are permuted, never blended, then averaged with the next block’s.',
          plan: 'permutation',
          zeroes: true,
        },
      ],
    },
    {
      title: 'Controls without a plan',
      methods: [
        {
          id: 'average',
          title: 'Average, as released',
          short: 'average',
          sentence:
            'The plain mean of the two neighbours (Avg-DeUS). Nothing is zeroed, so the model changes at once.',
          plan: 'none',
          zeroes: false,
        },
        {
          id: 'average:zero',
          title: 'Average, zeroed',
          short: 'average, zeroed',
          sentence:
            'The plain mean with o_proj and down_proj zeroed: the control that tells the plan’s effect from that of zeroing.',
          plan: 'none',
          zeroes: true,
        },
        {
          id: 'llama-pro',
          title: 'LLaMA-Pro, copy',
          short: 'copy',
          sentence: 'A copy of the block below with o_proj and down_proj zeroed. One parent, no plan.',
          plan: 'none',
          zeroes: true,
        },
      ],
    },
  ];

const WORDS = new Map(METHOD_GROUPS.flatMap((group) => group.methods).map((method) => [method.id, method]));

export function methodWords(id: MethodId): MethodWords {
  const words = WORDS.get(id);
  if (words === undefined) throw new Error(`No words for the method ${id}; add them to METHOD_GROUPS.`);
  return words;
}

/** Whether the method needs a block above as well as one below. */
export function takesPair(id: MethodId): boolean {
  return id !== 'llama-pro';
}
