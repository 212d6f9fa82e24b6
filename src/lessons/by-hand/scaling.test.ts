import { describe, expect, test } from 'vitest';
import { columnPotentials, plan as referencePlan, rowPotentials } from '../../../tests/reference';
import { OPTIMUM } from './painted';
import { COSTS, SIZE, columnSums, rowSums, sum, tabulate, transportCost } from './problem';
import {
  LEVEL,
  MARGINAL,
  halfStep,
  halfStepsToLevel,
  marginalErrors,
  measuresOf,
  nextSide,
  partners,
  scaledPlan,
  scaledTo,
  scalingStart,
} from './scaling';

const EPSILONS = [1, 0.2, 0.1, 0.05, 0.02] as const;
const cost = Float64Array.from(COSTS.flat());
const logMarginal = Math.log(MARGINAL);

/** The plan after half-steps, by potentials in the log domain. */
function reference(epsilon: number, halfSteps: number): Float64Array {
  let f = new Float64Array(SIZE);
  let g = new Float64Array(SIZE);
  const problem = () => ({ n: SIZE, m: SIZE, cost, f, g, epsilon });
  for (let step = 1; step <= halfSteps; step++) {
    if (step % 2 === 1) g = Float64Array.from(columnPotentials(problem(), logMarginal));
    else f = Float64Array.from(rowPotentials(problem(), logMarginal));
  }
  return referencePlan(problem());
}

describe.each(EPSILONS)('at ε = %d', (epsilon) => {
  test.each([1, 2, 3, 4, 17, 60])('%d half-steps are those of the reference', (halfSteps) => {
    const expected = reference(epsilon, halfSteps);
    const plan = scaledPlan(scaledTo(epsilon, halfSteps)).flat();
    for (const [at, mass] of plan.entries()) expect(mass).toBeCloseTo(expected[at] ?? Number.NaN, 12);
  });

  test('a half-step meets its own marginal, and the error never rises', () => {
    let scaling = scalingStart(epsilon);
    let before = Infinity;
    expect(sum(rowSums(scaledPlan(scaling)))).toBeCloseTo(1, 14);
    for (let step = 0; step < 40; step++) {
      const side = nextSide(scaling);
      scaling = halfStep(scaling);
      const sums = side === 'columns' ? columnSums(scaledPlan(scaling)) : rowSums(scaledPlan(scaling));
      for (const value of sums) expect(value).toBeCloseTo(MARGINAL, 14);
      const { all } = marginalErrors(scaling);
      expect(all).toBeLessThanOrEqual(before + 1e-14);
      before = all;
    }
  });

  test('the last half-step is the first below the bound', () => {
    const count = halfStepsToLevel(epsilon);
    expect(marginalErrors(scaledTo(epsilon, count)).all).toBeLessThanOrEqual(LEVEL);
    expect(marginalErrors(scaledTo(epsilon, count - 1)).all).toBeGreaterThan(LEVEL);
  });
});

test('partners are counted from one to all', () => {
  expect(partners(tabulate(() => 1 / SIZE ** 2))).toBeCloseTo(SIZE, 12);
  expect(partners(tabulate((row, column) => (row === column ? MARGINAL : 0)))).toBe(1);
  expect(
    partners(
      tabulate((row, column) => ((row ^ column) < 2 && row < 4 ? 0.1 : row === 4 && column === 4 ? 0.2 : 0)),
    ),
  ).toBeCloseTo(2 ** (4 / 5), 12);
});

test('a smaller ε means a sharper, cheaper plan and more half-steps, down to the optimum', () => {
  const solved = [1, 0.1, 0.05, 0.02, 0.01].map((epsilon) => {
    const plan = scaledPlan(scaledTo(epsilon, 4000));
    return { cost: transportCost(plan), partners: partners(plan) };
  });
  expect(solved.map((each) => each.cost)).toEqual(solved.map((each) => each.cost).toSorted((a, b) => b - a));
  expect(solved.map((each) => each.partners)).toEqual(
    solved.map((each) => each.partners).toSorted((a, b) => b - a),
  );
  for (const each of solved) expect(each.cost).toBeGreaterThan(OPTIMUM.cost - 1e-9);
  expect(solved.at(-1)?.cost).toBeCloseTo(OPTIMUM.cost, 2);
  expect(solved.at(-1)?.partners).toBeLessThan(1.2);
  expect(halfStepsToLevel(0.05)).toBeGreaterThan(2 * halfStepsToLevel(0.1));
});

test('measures are those of the plan', () => {
  const scaling = scaledTo(0.1, 3);
  const { error, rowError, columnError, cost: found } = measuresOf(scaling);
  expect(columnError).toBeLessThan(1e-14);
  expect(error).toBe(rowError + columnError);
  expect(found).toBe(transportCost(scaledPlan(scaling)));
});
