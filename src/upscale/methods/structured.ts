import type { GapMethod } from '../contract/method';
import { FLOW } from '../structured/flow';

/**
 * Matches only what may be exchanged without changing what a block computes (method.md 5.1): hidden units of the MLP
 * jointly, key-value groups whole, query heads within a group, value dimensions within a head. Residual axes are the same
 * in both blocks and stay. Its plan summaries:
 * gate and up (and down, where it is kept or all plans are asked for) show the numbers of their one joint plan, its
 * cost in units of the joint features; v shows means over the heads' plans, `rows` being the dimensions of one head;
 * q, k and o show the match of whole heads as a permutation of their rows (of o, columns): perplexity 1, and as cost the
 * mean distance of the moved rows to those they are fused with.
 */
export const STRUCTURED: GapMethod = {
  id: 'opt-deus:structured',
  title: 'OpT-DeUS, symmetries respected',
  parents: 'pair',
  zeroInit: true,
  trains: 'new',
  flow: FLOW,
  description:
    'Hidden units of the MLP are moved by one plan for gate, up and down together; attention heads are matched whole, ' +
    'queries and keys keep their rows (or are rotated within rotary pairs), values are moved within their head, and what ' +
    'is moved is averaged with the next block. Inputs and outputs on the residual stream are never moved.',
  // Fetched when first used, to keep the first load small.
  problem: async (context, tensor, part) =>
    (await import('../structured/problem')).structuredProblem(context, tensor, part),
  make: async (context) =>
    (await import('../structured/fill')).makeStructured(context, 'opt-deus:structured'),
};
