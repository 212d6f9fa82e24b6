import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../engine/jobs';
import { costFormula, effectiveCost } from './cost-formula';

/** Two rows of lengths 5 and 13 with dot product 20. */
const A = Float32Array.of(3, 4, 0);
const B = Float32Array.of(0, 5, 12);

function cell(change: Partial<Cell>): Cell {
  return {
    key: 'a',
    row: 0,
    column: 1,
    halfStep: 0,
    cost: 0,
    ground: { metric: 'euclidean', rows: 'raw', scale: 'none' },
    rowWeights: A,
    columnWeights: B,
    bestColumns: [],
    bestRows: [],
    ...change,
  };
}

const words = (change: Partial<Cell>) => {
  const formula = costFormula(cell(change));
  return formula && { text: formula.expression('A', 'B'), value: formula.value, divisor: formula.divisor };
};

describe('the formula of a cost', () => {
  it('is the metric in force, with its value', () => {
    // ‖(3, −1, −12)‖² = 154, cos = 20/65, and at unit length ‖a − b‖² = 2 − 2·cos.
    const euclidean = Math.sqrt(154);
    expect(words({ cost: euclidean })).toEqual({ text: '‖A − B‖₂', value: euclidean, divisor: undefined });
    const squared = words({ cost: 154, ground: { metric: 'squared', rows: 'raw', scale: 'none' } });
    expect(squared).toEqual({ text: '‖A − B‖₂²', value: 154, divisor: undefined });
    const cosine = words({ cost: 45 / 65, ground: { metric: 'cosine', rows: 'raw', scale: 'none' } });
    expect(cosine?.text).toBe('1 − cos(A, B)');
    expect(cosine?.value).toBeCloseTo(45 / 65, 12);
    const unit = words({
      cost: Math.sqrt(90 / 65),
      ground: { metric: 'euclidean', rows: 'unit', scale: 'none' },
    });
    expect(unit?.text).toBe('‖A/‖A‖ − B/‖B‖‖₂');
    expect(unit?.value).toBeCloseTo(Math.sqrt(90 / 65), 12);
  });

  it('names what a scaled cost is divided by', () => {
    const scaled = words({
      cost: Math.sqrt(154) / 20,
      ground: { metric: 'euclidean', rows: 'raw', scale: 'max' },
    });
    expect(scaled?.divisor?.name).toBe('max M');
    expect(scaled?.divisor?.value).toBeCloseTo(20, 9);
  });

  it('is not claimed where the rows do not give the cost', () => {
    expect(words({ cost: 11 })).toBeUndefined();
    const zeros = { rowWeights: new Float32Array(3), columnWeights: new Float32Array(3) };
    expect(words({ ...zeros, cost: 0 })?.value).toBe(0);
    expect(
      words({ ...zeros, cost: 0, ground: { metric: 'cosine', rows: 'raw', scale: 'none' } }),
    ).toBeUndefined();
  });
});

describe('the cost in force', () => {
  const soft = { f: 0.1, g: 0.6, epsilon: 0.05, cost: 0.8 };
  const mass = (cost: number) => 128 * Math.exp((0.7 - cost) / 0.05);

  it('is the cell’s own where the mass follows from it', () => {
    expect(effectiveCost(cell({ ...soft, mass: Math.fround(mass(0.8)) }), 128)).toBe(0.8);
    expect(effectiveCost(cell({ ...soft, mass: 0 }), 128)).toBe(0.8);
  });

  it('is found from the mass where the solver moved the rows', () => {
    expect(effectiveCost(cell({ ...soft, mass: mass(0.65) }), 128)).toBeCloseTo(0.65, 9);
  });

  it('is none without potentials', () => {
    expect(effectiveCost(cell({ cost: 0.8, mass: 1 }), 128)).toBeUndefined();
  });
});
