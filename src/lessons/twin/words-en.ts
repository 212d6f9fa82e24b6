import type { TwinWords } from './words';

export const WORDS: TwinWords = {
  shuffle: 'Shuffle a copy',
  average: 'Average both',
  find: 'Find the order',
  averageAgain: 'Average again',
  notYet: 'Press the buttons before it first',
  done: 'This is done; the result is below',
  working: 'Measuring…',
  failed: 'It could not be measured.',
  losses: 'Loss of the model with this in place of the block',
  base: 'the block itself',
  copy: 'its shuffled copy',
  averaged: 'average of both',
  aligned: 'average, order found',
  unknown: 'not measured yet',
  units: (units) => `The ${units} units of the MLP, coloured by their place in the block`,
  ofBlock: 'block',
  ofCopy: 'copy',
  ofFound: 'put back',
  parts: {
    units: 'units of the MLP',
    groups: 'groups of heads',
    values: 'value dimensions',
    rows: 'rows of q and k',
  },
  measure: (part) => `Shuffle the ${part}`,
};
