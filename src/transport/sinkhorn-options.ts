import { TransportError } from './errors';

export interface SinkhornOptions {
  /** Entropic regularisation in units of the cost. */
  readonly epsilon: number;
  /** Stop at this L1 error of the column marginal. Unbalanced: at this change of f over an iteration, in units of ε. */
  readonly tolerance: number;
  /** Full iterations (a column and a row half-step each), ε-scaling included. */
  readonly maxIterations: number;
  /** 0 (default) starts at zero potentials; any other seed at normal ones, with a quarter of the cost's range as scale. */
  readonly seed?: number;
}

/** What is not for every solve; apart from the options, so that options of another solver are not taken for it. */
export interface SinkhornVariant {
  /** Unbalanced: marginals are held by this strength times a Kullback–Leibler divergence, in units of the cost. */
  readonly rho?: number;
  /** Starts here, at the ε asked for, instead of by the seed. */
  readonly start?: { readonly f: Float32Array; readonly g: Float32Array };
  /** The ε that `start` belongs to; from there a much smaller one is approached by ε-scaling. */
  readonly startEpsilon?: number;
}

/** @throws TransportError for an ε, tolerance, cap or ρ outside its range. */
export function checkOptions(
  { epsilon, tolerance, maxIterations }: SinkhornOptions,
  { rho }: SinkhornVariant,
): void {
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new TransportError(
      `Sinkhorn: expected a finite ε above 0, got ${epsilon}. Try 0.06, or an exact permutation.`,
    );
  }
  if (!(tolerance > 0 && Number.isFinite(tolerance))) {
    throw new TransportError(`Sinkhorn: expected a tolerance above 0, got ${tolerance}. Try 1e-5.`);
  }
  if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 1)) {
    throw new TransportError(`Sinkhorn: expected at least 1 iteration, got ${maxIterations}. Try 2000.`);
  }
  if (rho !== undefined && !(rho > 0 && Number.isFinite(rho))) {
    throw new TransportError(
      `Sinkhorn: expected a finite ρ above 0, got ${rho}. Try 1, or balanced transport.`,
    );
  }
}
