import type { Cell } from '../../../engine/jobs';

type Weights = Cell['rowWeights'];

/** Formula of a cell's cost from its two rows. */
export interface CostFormula {
  /** Writes the formula with the names of both rows, such as ‖A − B‖₂. */
  readonly expression: (a: string, b: string) => string;
  /** Value of the formula, computed from the weights in double precision. */
  readonly value: number;
  /** If the cost is scaled: the divisor, and its name, such as max M. */
  readonly divisor?: { readonly value: number; readonly name: string };
}

const dot = (a: Weights, b: Weights) => a.reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);
const lengthOf = (a: Weights) => Math.sqrt(dot(a, a));
const DIVISORS = { max: 'max M', mean: 'mean M', median: 'median M' } as const;

function distance(a: Weights, b: Weights, { metric, rows }: Cell['ground']): number {
  const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
  if (metric === 'cosine') return 1 - dot(a, b) / (lengthA * lengthB);
  // A row of zeros has no direction, so it stays zero.
  const unit = rows === 'unit';
  const [overA, overB] = [unit ? lengthA || 1 : 1, unit ? lengthB || 1 : 1];
  const squared = a.reduce((sum, x, i) => sum + (x / overA - (b[i] ?? Number.NaN) / overB) ** 2, 0);
  return metric === 'squared' ? squared : Math.sqrt(squared);
}

function expressionOf({ metric, rows }: Cell['ground'], activations: boolean): CostFormula['expression'] {
  // Activations are centred, so their cosine is Pearson's correlation.
  if (metric === 'cosine' && activations) return (a, b) => `1 − r(${a}, ${b})`;
  if (metric === 'cosine') return (a, b) => `1 − cos(${a}, ${b})`;
  const unit = (name: string) => (rows === 'unit' ? `${name}/‖${name}‖` : name);
  return (a, b) => `‖${unit(a)} − ${unit(b)}‖₂${metric === 'squared' ? '²' : ''}`;
}

/** Relative difference allowed between formula and cost, because the cost is summed in f32. */
const CLOSE = 2e-3;

/**
 * Returns the formula that gives a cell's cost from its two rows. Undefined if the result differs from the cost, because
 * the solver compared more than these weights.
 */
export function costFormula(
  { rowWeights, columnWeights, cost, ground }: Cell,
  activations = false,
): CostFormula | undefined {
  const value = distance(rowWeights, columnWeights, ground);
  const expression = expressionOf(ground, activations);
  if (!Number.isFinite(value) || rowWeights.length !== columnWeights.length) return undefined;
  if (ground.scale !== 'none')
    return cost > 0 && value > 0
      ? { expression, value, divisor: { value: value / cost, name: DIVISORS[ground.scale] } }
      : undefined;
  return Math.abs(value - cost) <= CLOSE * Math.max(value, cost, 1e-3) ? { expression, value } : undefined;
}

/**
 * Returns the cost that explains a cell's mass, f + g − ε·log T. This is the cell's own cost, or with ProgOT, which moves the
 * rows, the cost of the last step. Undefined without potentials.
 */
export function effectiveCost({ cost, mass, f, g, epsilon }: Cell, rows: number): number | undefined {
  if (mass === undefined || f === undefined || g === undefined || epsilon === undefined) return undefined;
  if (mass === 0) return cost;
  const implied = f + g - epsilon * Math.log(mass / rows);
  // A larger error in the exponent would change the third digit of the mass.
  return Math.abs(implied - cost) <= 0.005 * epsilon + 1e-6 * Math.abs(cost) ? cost : implied;
}
