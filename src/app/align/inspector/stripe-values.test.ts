import { describe, expect, it } from 'vitest';
import { poolWeights, stripeValues } from './stripe-values';

describe('two aligned rows of weights', () => {
  it('come to their difference, its furthest input, the largest magnitude and the cosine', () => {
    const values = stripeValues(Float32Array.of(3, 0, 4), Float32Array.of(3, -5, 0));
    expect([...values.difference]).toEqual([0, 5, 4]);
    expect(values).toMatchObject({ furthest: 1, limit: 5 });
    expect(values.cosine).toBeCloseTo(9 / (5 * Math.sqrt(34)), 12);
  });
});

describe('a stripe with little room', () => {
  it('keeps all weights where there is room, and else the largest of those that share a pixel', () => {
    const weights = Float32Array.of(1, -3, 2, 0.5, -0.25, 0.125);
    expect(poolWeights(weights, 6)).toBe(weights);
    expect([...poolWeights(weights, 3)]).toEqual([-3, 2, -0.25]);
    expect([...poolWeights(weights, 1)]).toEqual([-3]);
  });
});
