import type { GapPreset } from '../recipe/schema';
import { GapError } from './errors';

/** Which base blocks a method reads: those on both sides of the gap, or only the one before it. */
export type Parents = 'pair' | 'previous';

/** A place in the deeper model: base block `index`, or the new block of `gap`, which follows base block `gap`. */
export type Place =
  { readonly kind: 'base'; readonly index: number } | { readonly kind: 'new'; readonly gap: number };

/**
 * The gaps of a model of `layers` blocks, ascending. Gap g lies between base blocks g and g + 1; methods that read only
 * the previous block also have gap layers − 1, after the last one. Named sets are those of method.md 3.5, ⌊layers/2⌋
 * gaps each.
 * @throws GapError when a gap does not exist, is named twice, or none is left.
 */
export function resolveGaps(gaps: GapPreset | readonly number[], layers: number, parents: Parents): number[] {
  const end = parents === 'pair' ? layers - 1 : layers;
  if (end < 1) {
    throw new GapError(
      `expected a model of at least 2 blocks for a method that reads both neighbours of a gap, got ${layers}. ` +
        'Choose llama-pro or a deeper model.',
    );
  }
  const resolved = typeof gaps === 'string' ? preset(gaps, layers, end) : gaps.toSorted((a, b) => a - b);
  if (resolved.length === 0) {
    throw new GapError(
      `expected at least one gap, got none from ${JSON.stringify(gaps)} in a model of ${layers} blocks. Name gap 0.`,
    );
  }
  for (const [i, gap] of resolved.entries()) {
    if (!Number.isSafeInteger(gap) || gap < 0 || gap >= end) {
      const extra =
        parents === 'pair' && gap === layers - 1 ? ' (only llama-pro can follow the last block)' : '';
      throw new GapError(`expected gaps from 0 to ${end - 1}, got ${gap}${extra}. Remove it from the list.`);
    }
    if (gap === resolved[i - 1])
      throw new GapError(`expected every gap once, got gap ${gap} twice. Remove one of the two.`);
  }
  return resolved;
}

const range = (start: number, length: number): number[] => Array.from({ length }, (_, i) => start + i);

function preset(name: GapPreset, layers: number, end: number): number[] {
  const count = Math.floor(layers / 2);
  switch (name) {
    case 'top':
      return range(layers - 1 - count, count);
    case 'middle':
      return range(Math.floor((layers - 1 - count) / 2), count);
    case 'bottom':
      return range(0, count);
    case 'ends': {
      const first = Math.ceil(count / 2);
      return [...range(0, first), ...range(layers - 1 - (count - first), count - first)];
    }
    case 'spread':
      return range(0, count)
        .map((i) => 2 * i + 1)
        .filter((gap) => gap < end);
  }
}

/** Indices of the new blocks in the deeper model: the r-th of ascending gaps g comes to g + 1 + r. */
export const newIndices = (gaps: readonly number[]): number[] => gaps.map((gap, rank) => gap + 1 + rank);

/** All blocks of the deeper model, bottom to top. */
export function arrangement(gaps: readonly number[], layers: number): Place[] {
  const chosen = new Set(gaps);
  return Array.from({ length: layers }, (_, index): Place[] => {
    const base: Place = { kind: 'base', index };
    return chosen.has(index) ? [base, { kind: 'new', gap: index }] : [base];
  }).flat();
}
