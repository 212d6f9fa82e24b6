import { describe, expect, it } from 'vitest';
import { pairAfterKey } from './ribbon-keys';

const PAIRS = [
  { row: 4, column: 2 },
  { row: 1, column: 1 },
  { row: 4, column: 0 },
  { row: 3, column: 2 },
];
const press = (from: number | undefined, key: string) => {
  const pair = pairAfterKey(PAIRS, from === undefined ? undefined : PAIRS[from], key);
  return pair && PAIRS.indexOf(pair);
};

describe('keys in the ribbons', () => {
  it('go through the pairs by strength and stay at the ends', () => {
    expect([press(0, 'ArrowDown'), press(1, 'ArrowUp'), press(0, 'ArrowUp'), press(3, 'ArrowDown')]).toEqual([
      1, 0, 0, 3,
    ]);
    expect([press(2, 'Home'), press(2, 'End')]).toEqual([0, 3]);
  });

  it('go round the pairs of the same row and column', () => {
    expect([press(0, 'ArrowRight'), press(2, 'ArrowRight'), press(0, 'ArrowLeft')]).toEqual([2, 0, 3]);
  });

  it('begin with the strongest from nowhere and from a pair that is not shown', () => {
    expect(press(undefined, 'ArrowDown')).toBe(0);
    expect(press(undefined, 'ArrowRight')).toBe(0);
    expect(pairAfterKey(PAIRS, { row: 1, column: 0 }, 'ArrowRight')).toBe(PAIRS[1]);
    expect(pairAfterKey(PAIRS, { row: 9, column: 9 }, 'ArrowDown')).toBe(PAIRS[0]);
    expect(pairAfterKey([], undefined, 'ArrowDown')).toBeUndefined();
  });

  it('leave other keys alone', () => {
    expect(press(0, 'a')).toBeUndefined();
  });
});
