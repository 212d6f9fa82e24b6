import type { CostBand, Potentials } from '../src/backend/operations';
import { Random } from './random';
import type { Problem } from './reference';
import type { Subject } from './subject';

/** Rows and columns of the suite's transport problems. */
export const PROBLEM_SIZES = [
  [1, 1],
  [1, 7],
  [7, 1],
  [7, 33],
  [33, 129],
  [129, 33],
] as const;

export interface SyntheticProblem extends Problem {
  readonly potentials: Potentials;
  /** Cuts the cost into at most `pieces` bands; each tensor has an unused last row of large numbers. */
  bands(pieces: number): CostBand[];
  /** Bound on |f|, |g|, M and their sum; float32 rounds exponents relative to size / ε. */
  readonly size: number;
}

/** Builds a synthetic transport problem: costs in [0, 4) and potentials in ±1, on the device and as exact numbers. */
export function syntheticProblem(
  subject: Subject,
  n: number,
  m: number,
  epsilon: number,
  seed = 1,
): SyntheticProblem {
  const random = new Random(1000 * n + m + seed);
  const cost = Float64Array.from(Float32Array.from(random.uniforms(n * m, 0, 4)));
  const f = subject.values([n], random.uniforms(n, -1, 1));
  const g = subject.values([m], random.uniforms(m, -1, 1));
  const bands = (pieces: number): CostBand[] => {
    const count = Math.min(pieces, n);
    return Array.from({ length: count }, (_, piece) => {
      const rowStart = Math.floor((piece * n) / count);
      const rows = Math.floor(((piece + 1) * n) / count) - rowStart;
      const held = new Float64Array((rows + 1) * m).fill(77);
      held.set(cost.subarray(rowStart * m, (rowStart + rows) * m));
      return { cost: subject.values([rows + 1, m], held).tensor, rowStart, rows };
    });
  };
  return {
    n,
    m,
    cost,
    f: f.values,
    g: g.values,
    epsilon,
    bands,
    potentials: { f: f.tensor, g: g.tensor, epsilon },
    size: 6,
  };
}
