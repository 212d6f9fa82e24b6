import type { LayoutMethod } from '../contract/method';

/** The whole model twice (G_stack with growth factor 2, method.md 6.5). */
export const STACK: LayoutMethod = {
  id: 'stack',
  group: 'Other published methods',
  title: 'G_stack, the model twice',
  short: 'stack',
  meaning: 'All blocks, then all of them again. Whole blocks in a new order; nothing is computed.',
  sources: [
    'Du et al., *Stacking Your Transformers: A Closer Look at Model Growth for Efficient LLM Pre-Training*, [arXiv 2405.15319](https://arxiv.org/abs/2405.15319).',
  ],
  reads: [],
  zeroInit: false,
  trains: 'all',
  slices: (layers) => [
    { start: 0, end: layers },
    { start: 0, end: layers },
  ],
};
