import { UpscaleError } from '../block/errors';
import type { LayoutMethod } from '../contract/method';

/** SOLAR (method.md 6.1): two overlapping copies: blocks 0 … n − m − 1, then m … n − 1, with m = ⌊n/4⌋. */
export const SOLAR: LayoutMethod = {
  id: 'solar',
  group: 'Other published methods',
  title: 'SOLAR, two overlapping copies',
  short: 'solar',
  meaning:
    'All blocks but the last quarter, then all but the first quarter. Whole blocks in a new order; nothing is computed.',
  sources: [
    'Kim et al., *SOLAR 10.7B: Scaling Large Language Models with Simple yet Effective Depth Up-Scaling*, [arXiv 2312.15166](https://arxiv.org/abs/2312.15166).',
  ],
  reads: [],
  zeroInit: false,
  trains: 'all',
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
