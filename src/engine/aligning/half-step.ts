import type { IterativeSolver } from '../../transport/iterative-solver';

/** Facts about a half-step that was taken. */
export interface HalfStep {
  /** The ε of its potentials. With ε-scaling the solver may already be at the next stage's ε. */
  readonly epsilon: number;
  /** True if the next of several solves has begun, with new potentials. */
  readonly restarted: boolean;
}

/** Takes one half-step and reads its error, as all solves with a history do, so that a replay gives the same bits. */
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
