import { architectureOf } from '../../llama/config';
import { UpscaleError } from '../block/errors';
import { type GapMethod, READS_MATCHED } from '../contract/method';
import { RAW_EUCLIDEAN } from '../../transport/cost-settings';
import type { TransportFlow } from '../contract/transport-flow';

/** Defaults for matching units. `mlpInput` is unused: no tensor's inputs are moved. */
const FLOW: TransportFlow = {
  plan: 'entropic',
  rescaled: true,
  mlpInput: 'output',
  cost: RAW_EUCLIDEAN,
  epsilon: 'chosen',
};

/**
 * Matches only what can be exchanged without changing what a block computes (method.md 5.1): hidden units of the MLP
 * jointly, key-value groups as wholes, query heads within a group, value dimensions within a head. Dimensions of the
 * residual stream are the same in both blocks and are not moved. Plan summaries: gate and up (and down, if it is kept or all
 * plans are solved) show their one joint plan, with costs in units of the joint features. v shows means over the heads'
 * plans; `rows` is the dimension of one head. q, k and o show the match of whole heads as a permutation of their rows (of
 * o: columns), with perplexity 1; their cost is the mean distance between moved rows and the next block's rows.
 */
export const STRUCTURED: GapMethod = {
  id: 'opt-deus:structured',
  group: 'Optimal transport (OpT-DeUS)',
  title: 'OpT-DeUS, symmetries respected',
  short: 'structured',
  meaning:
    'Matches only what may be exchanged without changing what a block computes: MLP units with one plan for gate, up and down, heads as wholes. The residual stream is never moved.',
  reads: [...READS_MATCHED, 'structured'],
  parents: 'pair',
  zeroInit: true,
  trains: 'new',
  flow: FLOW,
  headPlans: ['self_attn.v_proj'],
  check({ architecture }, { cost, structured }) {
    if (structured.rotate && architecture && architectureOf({ architecture }).queryKeyNorms) {
      throw new UpscaleError(
        `opt-deus:structured: expected no rotations of rotary pairs in a model with norms of q and k (${architecture}), whose ` +
          'gains tell the two dimensions of a pair apart, got rotate. Turn the rotations off.',
      );
    }
    if (cost.features !== 'activations' || !structured.rotate) return;
    throw new UpscaleError(
      'opt-deus:structured: expected no rotations where activations are compared, for they are fitted to weights, got rotate. ' +
        'Turn the rotations off, or choose features: weights.',
    );
  },
  // Fetched when first used, to keep the first load small.
  fill: async (assembly, context) =>
    (await import('../structured/fill')).fillStructured(assembly, { ...context, flow: FLOW }),
  problem: async (context, tensor, part) =>
    (await import('../structured/problem')).structuredProblem(context, tensor, part),
};
