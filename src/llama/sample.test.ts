import { describe, expect, it } from 'vitest';
import { EvaluationError } from './errors';
import { randomSource } from '../random';
import { nucleus, sample } from './sample';

const logits = (...probabilities: number[]): Float32Array =>
  Float32Array.from(probabilities, (p) => Math.log(p) + 3);

const draw = (seed: number): number[] => Array.from({ length: 10_000 }, randomSource(seed));

function frequencies(
  values: Float32Array,
  options: { temperature: number; topP: number },
  draws: number,
): number[] {
  const random = randomSource(11);
  const counts = Array.from(values, () => 0);
  for (let i = 0; i < draws; i++) {
    const id = sample(values, options, random);
    counts[id] = (counts[id] ?? 0) + 1 / draws;
  }
  return counts;
}

describe('sample', () => {
  it('takes the largest, the first of equals, at temperature 0', () => {
    expect(sample(Float32Array.of(1, 5, 5, 2), { temperature: 0, topP: 1 }, () => 0.999)).toBe(1);
  });

  it('draws by the probabilities', () => {
    const expected = [0.1, 0.6, 0.3];
    const got = frequencies(logits(...expected), { temperature: 1, topP: 1 }, 20_000);
    // Four standard deviations of a share from 20 000 draws are below 0.014.
    expected.forEach((p, i) => expect(Math.abs((got[i] ?? 0) - p)).toBeLessThan(0.014));
  });

  it('sharpens with a low temperature: p² at one half', () => {
    const got = frequencies(logits(0.2, 0.4, 0.4), { temperature: 0.5, topP: 1 }, 20_000);
    [1 / 9, 4 / 9, 4 / 9].forEach((p, i) => expect(Math.abs((got[i] ?? 0) - p)).toBeLessThan(0.014));
  });

  it('keeps the fewest tokens that reach top-p, renormalised', () => {
    const values = logits(0.1, 0.4, 0.2, 0.3);
    expect(nucleus(values, { temperature: 1, topP: 0.65 }).ids).toEqual([1, 3]);
    expect(nucleus(values, { temperature: 1, topP: 0.75 }).ids).toEqual([1, 3, 2]);
    expect(nucleus(values, { temperature: 1, topP: 0.01 }).ids).toEqual([1]);
    expect(nucleus(values, { temperature: 1, topP: 1 }).ids.slice(0, 3)).toEqual([1, 3, 2]);
    const mass = nucleus(values, { temperature: 1, topP: 0.65 }).weights.reduce((sum, p) => sum + p, 0);
    expect(mass).toBeCloseTo(0.7, 6);
    const got = frequencies(values, { temperature: 1, topP: 0.65 }, 20_000);
    [0, 4 / 7, 0, 3 / 7].forEach((p, i) => expect(Math.abs((got[i] ?? 0) - p)).toBeLessThan(0.014));
  });

  it('keeps the lower id of equals', () => {
    expect(nucleus(logits(0.25, 0.25, 0.25, 0.25), { temperature: 1, topP: 0.5 }).ids).toEqual([0, 1]);
  });

  it('survives huge logits and tiny temperatures', () => {
    const values = Float32Array.of(-3e38, 3e38, 0);
    expect(sample(values, { temperature: 1e-9, topP: 0.9 }, () => 0.99)).toBe(1);
    expect(sample(Float32Array.of(-Infinity, 1), { temperature: 1, topP: 1 }, () => 0.999_999)).toBe(1);
  });

  it('refuses logits that are not finite', () => {
    for (const wrong of [Number.NaN, Infinity]) {
      expect(() => sample(Float32Array.of(1, wrong), { temperature: 0, topP: 1 }, () => 0)).toThrow(
        EvaluationError,
      );
    }
  });
});

describe('randomSource', () => {
  it('repeats by seed and is spread evenly', () => {
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
    const values = draw(0);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    // Mean 1/2, variance 1/12: four standard errors of the mean are 0.0116.
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - 0.5)).toBeLessThan(
      0.0116,
    );
  });
});
