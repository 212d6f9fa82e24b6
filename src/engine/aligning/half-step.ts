import type { IterativeSolver } from '../../transport/iterative';

/** What a half-step did to a solve. */
export interface HalfStep {
  /** The ε its potentials belong to: with ε-scaling it may end on the next stage's. */
  readonly epsilon: number;
  /** A further solve in a row has begun, with potentials of its own. */
  readonly restarted: boolean;
}

/** Takes one half-step as all that is watched or watched again is solved: with the error read back every time. */
export async function takeHalfStep(
  solver: IterativeSolver,
  signal: AbortSignal | undefined,
): Promise<HalfStep> {
  const { epsilon } = solver;
  const { f } = solver.potentials;
  await solver.halfStep(true, signal);
  const restarted = solver.potentials.f !== f;
  return { epsilon: restarted ? solver.epsilon : epsilon, restarted };
}
