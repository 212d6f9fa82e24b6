import { describe, expect, it } from 'vitest';
import { bytes, count, exponent, fixed, quantity, subscript } from './numbers';

describe('numbers as people read them', () => {
  it.each([
    [quantity(1.8324), '1.832'],
    [quantity(0), '0'],
    [quantity(-0.25), '−0.25'],
    [quantity(4.05e-8, 3), '4.05·10⁻⁸'],
    [quantity(Number.NaN), 'not a number'],
    [quantity(Infinity), '∞'],
    [quantity(-Infinity), '−∞'],
    [exponent(3.14e-3), '3.1·10⁻³'],
    [exponent(12345, 3), '1.23·10⁴'],
    [fixed(-3.41272, 4), '−3.4127'],
    [count(1706112), '1,706,112'],
    [bytes(833 * 1024), '833 KiB'],
    [bytes(1.5 * 2 ** 20), '1.5 MiB'],
    [bytes(0), '0 B'],
    [subscript(212), '₂₁₂'],
  ])('%s', (got, wanted) => {
    expect(got).toBe(wanted);
  });
});
