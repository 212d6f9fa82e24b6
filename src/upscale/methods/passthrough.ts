import { UpscaleError } from '../block/errors';
import type { LayoutMethod } from '../contract/method';

/** mergekit's passthrough (method.md 6.6): slices of base blocks, unchanged or with scaled tensors. */
export const PASSTHROUGH: LayoutMethod = {
  id: 'passthrough',
  group: 'Other published methods',
  title: 'Passthrough, slices of blocks',
  short: 'slices',
  meaning:
    'Base blocks slice after slice, as mergekit’s passthrough does; a scale multiplies o_proj and down_proj of its slice, a filter any tensor.',
  reads: ['slices'],
  zeroInit: false,
  trains: 'all',
  slices: (_, { slices }) => {
    if (slices) return slices;
    throw new UpscaleError(
      'passthrough: expected slices of base blocks, got none. Name them, for example 0-6 and 2-8.',
    );
  },
};
