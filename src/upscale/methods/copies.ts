import { type Fill, type GapMethod, READS_PARENTS } from '../contract/method';

/** Copies every tensor of one parent, except zeroed ones. */
export const copyOf =
  (parent: 'previous' | 'next'): Fill =>
  async (assembly, context) => {
    await assembly.forEachTensor((key) => assembly.copy(key, parent));
    await context.backend.settle();
  };

/** Controls: exact copies of a parent. */
export const COPY_PREVIOUS: GapMethod = {
  id: 'copy-previous',
  group: 'Controls without a plan',
  title: 'Copy of the previous block',
  short: 'previous',
  meaning: 'An exact copy of the previous block: that block runs twice in a row.',
  reads: READS_PARENTS,
  parents: 'previous',
  zeroInit: false,
  trains: 'new',
  fill: copyOf('previous'),
};

export const COPY_PREVIOUS_ZERO: GapMethod = {
  ...COPY_PREVIOUS,
  id: 'copy-previous:zero',
  title: 'Copy of the previous block, zeroed',
  short: 'previous, zeroed',
  meaning:
    'A copy of the previous block with o_proj and down_proj zeroed. With it the model starts as it was.',
  zeroInit: true,
};

export const COPY_NEXT: GapMethod = {
  ...COPY_PREVIOUS,
  id: 'copy-next',
  title: 'Copy of the next block',
  short: 'next',
  meaning: 'An exact copy of the next block: that block runs twice in a row.',
  parents: 'pair',
  like: 'next',
  fill: copyOf('next'),
};

export const COPY_NEXT_ZERO: GapMethod = {
  ...COPY_NEXT,
  id: 'copy-next:zero',
  title: 'Copy of the next block, zeroed',
  short: 'next, zeroed',
  meaning: 'A copy of the next block with o_proj and down_proj zeroed. With it the model starts as it was.',
  zeroInit: true,
};
