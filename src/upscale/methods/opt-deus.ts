import { RAW_EUCLIDEAN } from '../../transport/cost-settings';
import type { TransportFlow } from '../contract/transport-flow';
import { type GapMethod, READS_MATCHED } from '../contract/method';

/** The released script's settings (method.md 3), except that the plan is rescaled. */
const RESCALED: TransportFlow = {
  plan: 'entropic',
  rescaled: true,
  mlpInput: 'output',
  cost: RAW_EUCLIDEAN,
  epsilon: 'absolute',
};

/** Declares a variant of OpT-DeUS with its transport flow. */
const optDeus = (
  flow: TransportFlow,
  said: Pick<GapMethod, 'id' | 'title' | 'short' | 'meaning' | 'sources'>,
): GapMethod => ({
  ...said,
  group: 'Optimal transport (OpT-DeUS)',
  reads: READS_MATCHED,
  parents: 'pair',
  zeroInit: true,
  trains: 'new',
  flow,
  // Fetched when first used, to keep the first load small.
  fill: async (assembly, context) => (await import('../opt-deus/fuse')).fuseBlocks(assembly, context, flow),
});

/** The most likely reading of the paper: P = n·T wherever the plan is used. */
export const PAPER = optDeus(RESCALED, {
  id: 'opt-deus:paper',
  title: 'OpT-DeUS, rescaled plan',
  short: 'paper',
  meaning:
    'Moves the previous block’s rows with the plan rescaled by n and averages them with the next block’s. How much is really moved depends on how sharp each plan is.',
});

/** The released script: the plan is never rescaled, so moved rows shrink by 1/n (method.md 4). */
export const LITERAL = optDeus(
  { ...RESCALED, rescaled: false },
  {
    id: 'opt-deus:literal',
    title: 'OpT-DeUS, as released',
    short: 'literal',
    meaning:
      'The released script, which does not rescale the plan: the moved rows shrink by n and all but vanish, leaving the next block at half scale.',
  },
);

/** This flow with transformer-fusion's settings for weights, the source of ε = 0.06 (method.md 5). */
export const TF = optDeus(
  { ...RESCALED, mlpInput: 'mixed', cost: { metric: 'euclidean', rows: 'unit', scale: 'max' } },
  {
    id: 'opt-deus:tf',
    title: 'OpT-DeUS, transformer-fusion’s cost',
    short: 'tf',
    meaning:
      'The rescaled plan with the cost that ε = 0.06 was found for: rows at unit norm, divided by the largest cost. The MLP’s inputs are moved by half of o_proj’s map and half of the identity.',
    sources: [
      'Imfeld et al., *Transformer Fusion with Optimal Transport*, ICLR 2024 ([code](https://github.com/graldij/transformer-fusion)).',
    ],
  },
);

/** ε from the spread of each cost, because close costs would make a plan uniform at a fixed ε. */
export const RELATIVE = optDeus(
  { ...RESCALED, epsilon: 'relative' },
  {
    id: 'opt-deus:relative',
    title: 'OpT-DeUS, ε from the cost',
    short: 'relative',
    meaning:
      'The rescaled plan with ε chosen for every tensor from the spread of its own costs, so that no plan is uniform only because its costs lie close together.',
  },
);

/** The limit ε → 0: exact permutations in the same flow. */
export const HARD = optDeus(
  { ...RESCALED, plan: 'permutation' },
  {
    id: 'opt-deus:hard',
    title: 'OpT-DeUS, exact assignment',
    short: 'hard',
    meaning:
      'Pairs rows one to one with the exact assignment instead of a soft plan: rows are permuted, never blended, then averaged with the next block’s.',
  },
);
