import { describe, expect, it } from 'vitest';
import { scalingOf } from './scaling';

describe('what a half-step scales', () => {
  it('is columns first, then rows, in turn', () => {
    expect([0, 1, 2, 3, 4, 31, 32].map(scalingOf)).toEqual([
      'start',
      'columns',
      'rows',
      'columns',
      'rows',
      'columns',
      'rows',
    ]);
  });
});
