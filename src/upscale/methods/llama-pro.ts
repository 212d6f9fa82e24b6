import { type GapMethod, READS_PARENTS } from '../contract/method';
import { copyOf } from './copies';

/** LLaMA-Pro block expansion (method.md 6.2): after every group of blocks, a copy that starts as the identity. */
export const LLAMA_PRO: GapMethod = {
  id: 'llama-pro',
  group: 'Other published methods',
  title: 'LLaMA-Pro, copy',
  short: 'copy',
  meaning: 'A copy of the previous block with o_proj and down_proj zeroed. One parent, no plan.',
  sources: [
    'Wu et al., *LLaMA Pro: Progressive LLaMA with Block Expansion*, [arXiv 2401.02415](https://arxiv.org/abs/2401.02415).',
  ],
  reads: READS_PARENTS,
  parents: 'previous',
  gaps: 'spread',
  zeroInit: true,
  trains: 'new',
  fill: copyOf('previous'),
};
