import type { Slice } from '../../recipe/schema';
import { GapError } from '../block/errors';

/** One block of a list of slices: base block `index`, its output projections multiplied by `scale` (1 leaves it as it is). */
export interface SliceBlock {
  readonly index: number;
  readonly scale: number;
}

/**
 * The blocks that slices name, bottom to top.
 * @throws GapError when a slice reaches past the model or is empty.
 */
export function unroll(slices: readonly Slice[], layers: number): SliceBlock[] {
  return slices.flatMap(({ start, end, scale }) => {
    if (!(start >= 0 && end > start && end <= layers)) {
      throw new GapError(
        `expected slices within blocks 0 to ${layers} (the end is not part of the slice), got ${start}-${end}. ` +
          'Correct that slice.',
      );
    }
    return Array.from({ length: end - start }, (_, i) => ({ index: start + i, scale: scale ?? 1 }));
  });
}

/** The same blocks as the fewest slices. */
export function toSlices(steps: readonly SliceBlock[]): Slice[] {
  const slices: { start: number; end: number; scale: number }[] = [];
  for (const { index, scale } of steps) {
    const last = slices.at(-1);
    if (last && last.end === index && last.scale === scale) last.end++;
    else slices.push({ start: index, end: index + 1, scale });
  }
  return slices.map(({ start, end, scale }) => (scale === 1 ? { start, end } : { start, end, scale }));
}

/** A block of the deeper model, as a recipe and the base's depth alone decide it. */
export type BlockSpec =
  /** Base block `index` in its own place. */
  | { readonly kind: 'base'; readonly index: number }
  /** Base block `index` once more. */
  | { readonly kind: 'copy'; readonly index: number }
  /** Base block `index` with its output projections multiplied by `scale`. */
  | { readonly kind: 'scaled'; readonly index: number; readonly scale: number }
  /** A new block after base block `gap`, made from base blocks `previous` and `next`. */
  | { readonly kind: 'new'; readonly gap: number; readonly previous: number; readonly next: number };

/**
 * The deeper model that slices make. The first verbatim appearance of a base block is the block itself; zeroing applies to its
 * further ones.
 * @throws GapError as `unroll`.
 */
export function specsOfSlices(
  slices: readonly Slice[],
  layers: number,
  zeroed: boolean,
): Exclude<BlockSpec, { kind: 'new' }>[] {
  const seen = new Set<number>();
  return unroll(slices, layers).map(({ index, scale }) => {
    const again = seen.has(index);
    const used = again && zeroed ? 0 : scale;
    if (used !== 1) return { kind: 'scaled', index, scale: used };
    seen.add(index);
    return { kind: again ? 'copy' : 'base', index };
  });
}
