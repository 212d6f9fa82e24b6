import { describe, expect, it } from 'vitest';
import type { NeuronReport } from '../../../engine/jobs';
import { correlationWords, sharedPositions } from './neuron-words';

const drivers = (block: number, positions: readonly number[]) => ({
  block,
  unit: 3,
  mean: 0,
  deviation: 1,
  top: positions.map((position) => ({ position, token: 'a', before: '', after: '', value: 1 })),
});

const report = (correlation: number): NeuronReport => ({
  previous: drivers(6, [5, 1, 9]),
  next: drivers(7, [9, 2, 5]),
  correlation,
  tokens: 1024,
});

describe('how alike two units are', () => {
  it('counts the places that drive both', () => {
    const { previous, next } = report(0);
    expect([...sharedPositions(previous, next)].toSorted()).toEqual([5, 9]);
  });

  it('says the correlation with its sign, and never shows one that is none', () => {
    expect(correlationWords(report(-0.417))).toBe(
      'Correlation −0.42 over 1,024 tokens; 2 of their 3 strongest places are the same.',
    );
    expect(correlationWords(report(NaN))).not.toMatch(/NaN|not a number/);
    expect(correlationWords(report(NaN))).toMatch(/no correlation/);
  });
});
