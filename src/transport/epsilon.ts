import type { CostMatrix } from './cost';
import { TransportError } from './errors';

/** ε is given, or computed from the spread of the cost: factor · std(M). */
export type FixedEpsilonRule =
  { readonly kind: 'absolute' } | { readonly kind: 'spread'; readonly factor: number };

/** As above, or ε is searched so that the plan perplexity is this share of the number of columns (1 is uniform). */
export type EpsilonRule = FixedEpsilonRule | { readonly kind: 'perplexity'; readonly share: number };

/** Returns the ε of a rule. @throws TransportError if the factor is not above 0, or all costs are equal. */
export function epsilonOf(cost: CostMatrix, epsilon: number, rule: FixedEpsilonRule): number {
  if (rule.kind === 'absolute') return epsilon;
  if (!(rule.factor > 0 && Number.isFinite(rule.factor))) {
    throw new TransportError(
      `ε from the spread: expected a finite factor above 0, got ${rule.factor}. Try 0.05.`,
    );
  }
  return rule.factor * spreadOf(cost);
}

/** Returns std(M). @throws TransportError if it is 0. */
export function spreadOf({ standardDeviation, maximum }: CostMatrix): number {
  if (standardDeviation > 0) return standardDeviation;
  throw new TransportError(
    `ε from the spread: expected costs that differ, got ${maximum} everywhere. Give ε itself: any of them does.`,
  );
}
