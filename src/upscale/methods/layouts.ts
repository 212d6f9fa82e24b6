import { UpscaleError } from '../block/errors';
import type { LayoutMethod } from '../contract/method';

/** Two overlapping copies of the model (method.md 6.1): blocks 0 … n − m − 1, then m … n − 1, with m = ⌊n/4⌋. */
export const SOLAR: LayoutMethod = {
  id: 'solar',
  title: 'Two overlapping copies of the model (SOLAR)',
  zeroInit: false,
  trains: 'all',
  description:
    'Every block is a block of the base model: all but the last quarter, then all but the first quarter.',
  slices: (layers) => {
    const dropped = Math.floor(layers / 4);
    if (dropped === 0) {
      throw new UpscaleError(
        `solar: expected at least 4 blocks, a quarter of which is dropped from each copy, got ${layers}. Choose stack.`,
      );
    }
    return [
      { start: 0, end: layers - dropped },
      { start: dropped, end: layers },
    ];
  },
};

/** The whole model twice (G_stack with growth factor 2, method.md 6.5). */
export const STACK: LayoutMethod = {
  id: 'stack',
  title: 'The whole model twice (G_stack)',
  zeroInit: false,
  trains: 'all',
  description: 'Every block is a block of the base model: all of them, then all of them again.',
  slices: (layers) => [
    { start: 0, end: layers },
    { start: 0, end: layers },
  ],
};

/** Slices of base blocks as they are, or with their output projections scaled (mergekit's passthrough, method.md 6.6). */
export const PASSTHROUGH: LayoutMethod = {
  id: 'passthrough',
  title: 'Slices of the base model (passthrough)',
  zeroInit: false,
  trains: 'all',
  description:
    'Every block is a block of the base model, slice after slice; where a slice has a scale, o_proj and down_proj are ' +
    'multiplied by it.',
  slices: (_, { slices }) => {
    if (slices) return slices;
    throw new UpscaleError(
      'passthrough: expected slices of base blocks, got none. Name them, for example 0-6 and 2-8.',
    );
  },
};

/** All methods that fill no gaps. */
export const LAYOUTS: readonly LayoutMethod[] = [SOLAR, STACK, PASSTHROUGH];
