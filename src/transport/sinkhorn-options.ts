import { TransportError } from './errors';

export interface SinkhornOptions {
  /** Entropic regularisation in units of the cost. */
  readonly epsilon: number;
  /** The solve ends at this L1 error of the column marginal; unbalanced: at this change of f per iteration, in units of ε. */
  readonly tolerance: number;
  /** Limit of full iterations (a column and a row half-step each), including ε-scaling. */
  readonly maxIterations: number;
  /** 0 (default) starts at zero potentials; other seeds at normal ones, with a quarter of the cost's range as scale. */
  readonly seed?: number;
  /**
   * `anderson`: iterations are mixed with those before (see `andersonStep`), except where the solve is watched half-step by
   * half-step, is unbalanced, or its cost is in bands. Default `none`.
   */
  readonly acceleration?: Acceleration;
}

export type Acceleration = 'none' | 'anderson';

/** Options of some solves only. Separate from `SinkhornOptions`, so that options of another solver do not match by accident. */
export interface SinkhornVariant {
  /** Unbalanced: factor of the Kullback–Leibler penalty of both marginals, in units of the cost. */
  readonly rho?: number;
  /** Start potentials, instead of those by the seed. The solve begins at the requested ε, unless `startEpsilon` is given. */
  readonly start?: { readonly f: Float32Array; readonly g: Float32Array };
  /** The ε of `start`. If given, a much smaller requested ε is approached from it by ε-scaling. */
  readonly startEpsilon?: number;
}

/** @throws TransportError if ε, tolerance, iteration limit or ρ is out of range. */
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
