import type { Backend, Tensor } from '../backend/operations';
import { assign } from './assignment';
import { CostMatrix } from './cost';
import type { Plan } from './plan';
import { Sinkhorn } from './sinkhorn';
import type { SinkhornFrame, SinkhornOptions } from './sinkhorn';

/** How a plan is found: entropic, or the exact permutation. */
export type Solver = ({ readonly kind: 'entropic' } & SinkhornOptions) | { readonly kind: 'exact' };

export interface SolveOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onHalfStep?: ((frame: SinkhornFrame) => void | Promise<void>) | undefined;
}

/** A plan and how it was reached. It reads the matrices it was made from until it is freed. */
export interface Solved {
  readonly plan: Plan;
  readonly iterations: number;
  readonly converged: boolean;
  free(): void;
}

/**
 * Solves transport between the rows of `a` and of `b` under their Euclidean distances.
 * @throws TransportError when the problem cannot be posed or breaks down; AbortError once `signal` is aborted.
 */
export async function solve(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  solver: Solver,
  options: SolveOptions = {},
): Promise<Solved> {
  const { signal } = options;
  const cost = await CostMatrix.build(backend, a, b, { signal });
  if (solver.kind === 'exact') {
    try {
      const { rows, columns } = cost;
      const { assignment, cost: transportCost } = await assign(await cost.readAll(signal), rows, columns, {
        signal,
      });
      const plan: Plan = { kind: 'permutation', assignment, columns, transportCost };
      return { plan, iterations: 0, converged: true, free: () => undefined };
    } finally {
      cost.free();
    }
  }
  let sinkhorn: Sinkhorn | undefined;
  const free = (): void => {
    sinkhorn?.free();
    cost.free();
  };
  try {
    sinkhorn = new Sinkhorn(backend, cost, solver);
    await sinkhorn.run(options);
    const plan: Plan = { kind: 'entropic', cost, potentials: sinkhorn.potentials };
    return { plan, iterations: sinkhorn.iterations, converged: sinkhorn.converged, free };
  } catch (error) {
    free();
    throw error;
  }
}
