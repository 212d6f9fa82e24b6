import { expect, it } from 'vitest';
import { nearest } from './nearest';

it.each([
  ['tensr', 'tensor'],
  ['Method', 'method'],
  ['epsilon', 'eps'],
  ['met', 'method'],
  ['gasp', 'gaps'],
  ['utm_source', undefined],
  ['x', undefined],
  ['', undefined],
])('%s is nearest to %s', (word, wanted) => {
  expect(nearest(word, ['method', 'gaps', 'eps', 'tensor', 'seed'])).toBe(wanted);
});
