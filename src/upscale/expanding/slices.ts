import type { Scale, Slice } from '../../recipe/schema';
import { GapError } from '../block/errors';

/** One block of a slice: base block `index`, its tensors multiplied as `scale` says (1 keeps them). */
export interface SliceBlock {
  readonly index: number;
  readonly scale: Scale;
}

/**
 * Lists the blocks of slices, bottom to top.
 * @throws GapError if a slice is empty or reaches past the model.
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

/** Joins blocks to as few slices as possible; the inverse of `unroll`. */
export function toSlices(steps: readonly SliceBlock[]): Slice[] {
  const slices: { start: number; end: number; scale: Scale }[] = [];
  for (const { index, scale } of steps) {
    const last = slices.at(-1);
    if (last && last.end === index && last.scale === scale) last.end++;
    else slices.push({ start: index, end: index + 1, scale });
  }
  return slices.map(({ start, end, scale }) => (scale === 1 ? { start, end } : { start, end, scale }));
}

/** A block of the deeper model before it is made. Only the recipe and the base's depth decide it. */
export type BlockSpec =
  /** Base block `index`. */
  | { readonly kind: 'base'; readonly index: number }
  /** A further copy of base block `index`. */
  | { readonly kind: 'copy'; readonly index: number }
  /** Base block `index` with its tensors multiplied as `scale` says: by a number, its output projections alone. */
  | { readonly kind: 'scaled'; readonly index: number; readonly scale: Scale }
  /** A new block after base block `gap`, made from base blocks `previous` and `next`. */
  | { readonly kind: 'new'; readonly gap: number; readonly previous: number; readonly next: number };

/**
 * Lists the blocks of the deeper model that slices make. The first unscaled appearance of a base block is the base block
 * itself; later ones are copies, and zeroing applies to them.
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
