/**
 * What the previous block's neurons are matched with: `next`, the next block's; `null`, those of the next block with the entries of
 * every row shuffled, so that nothing but norms and values is left to align (`draw`: which shuffle, from 0); `copy`, those of the
 * previous block itself, put into a secret order that does not change what it computes (`seed`: which order).
 */
export type Against =
  | { readonly kind: 'next' }
  | { readonly kind: 'null'; readonly draw: number }
  | { readonly kind: 'copy'; readonly seed: number };

export const NEXT: Against = { kind: 'next' };

/** Returns a text such as `next`, `null:2` or `copy:7`, as used in links and keys. */
export const againstText = (against: Against): string =>
  against.kind === 'next' ? 'next' : `${against.kind}:${'draw' in against ? against.draw : against.seed}`;

/** Reads `againstText`, or `null` and `copy` alone for number 0. Undefined for anything else. */
export function parseAgainst(text: string): Against | undefined {
  if (text === 'next') return NEXT;
  const [, kind, digits = '0'] = /^(null|copy)(?::(0|[1-9]\d{0,8}))?$/.exec(text) ?? [];
  const number = Number(digits);
  if (kind === 'null') return { kind, draw: number };
  return kind === 'copy' ? { kind, seed: number } : undefined;
}
