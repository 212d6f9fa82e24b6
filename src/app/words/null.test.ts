import { describe, expect, it } from 'vitest';
import type { AgainstNull, NullMeasure } from '../../engine/jobs';
import { nullSentence } from './null';

const against = (real: number, mean: number, deviation: number, excess: number): AgainstNull => ({
  real,
  mean,
  deviation,
  draws: [mean - deviation, mean + deviation],
  excess,
});

const measure = (
  mass: AgainstNull | null,
  cost: AgainstNull | null,
  matching: 'one-to-one' | 'by-row' = 'one-to-one',
): NullMeasure => ({
  tensor: 'self_attn.q_proj',
  rows: 128,
  columns: 128,
  matching,
  matchedMass: mass,
  transportCost: cost && { ...cost, real: cost.real + 0.1 },
  exactCost: matching === 'one-to-one' ? cost : null,
});

describe('the sentence on a null', () => {
  const mass = against(0.1133, 0.0702, 0.0035, 0.0431);
  const cost = against(1.2218, 1.2937, 0.0042, 0.0556);

  it('says what of a plan is alignment, in shares of mass and cost', () => {
    expect(nullSentence(measure(mass, cost))).toBe(
      'Matched mass 0.113, null 0.070 ± 0.004: 4 % of the mass and 6 % of the cost are alignment.',
    );
  });

  it('claims nothing that the draws of the null differ by themselves', () => {
    const chance = against(0.0918, 0.0888, 0.0041, 0.003);
    expect(nullSentence(measure(chance, cost))).toMatch(/: 6 % of the cost is alignment\.$/);
    expect(nullSentence(measure(chance, against(1.53, 1.534, 0.004, 0.003)))).toMatch(
      /: no more than chance makes\.$/,
    );
    // Less aligned than chance is not alignment either.
    expect(nullSentence(measure(against(0.05, 0.08, 0.001, -0.03), null))).toMatch(/no more than chance/);
  });

  it('calls a share that is there but small by that', () => {
    const little = against(0.0061, 0.0058, 0.00002, 0.0003);
    expect(nullSentence(measure(little, cost))).toMatch(/: under 1 % of the mass and 6 % of the cost are/);
  });

  it('speaks of the cost alone where there is no plan, or one that has all its mass on its match', () => {
    const sentence = 'Cost one to one 1.222, null 1.294 ± 0.004: 6 % of the cost is alignment.';
    expect(nullSentence(measure(null, cost))).toBe(sentence);
    expect(nullSentence(measure(against(1, 1, 0, 0), cost))).toBe(sentence);
  });

  it('of more than 512 rows is about every row’s best partner and the cost of the plan', () => {
    expect(nullSentence(measure(mass, cost, 'by-row'))).toMatch(/^Mass on best partners 0\.113, null/);
  });

  it('is empty where there is no null, or none is known', () => {
    expect(nullSentence(undefined)).toBe('');
    expect(nullSentence({ tensor: 'self_attn.q_proj', reason: 'Whole heads are matched.' })).toBe('');
    expect(nullSentence(measure(null, null))).toBe('');
  });
});
