import type { Run } from '../state/race';
import { isFinished, nextRun } from './groups';

/** How the arms of a group are trained. Each step fails only if the whole race must stop; a cancelled one returns. */
interface GroupSteps {
  /** The current state of a run. */
  run(name: string): Run | undefined;
  /** Makes a run ready to train. */
  prepare(run: Run): Promise<void>;
  /** Evaluates a run as it was before its first step. */
  evaluateStart(run: Run): Promise<void>;
  /** Trains a run for one turn. */
  train(run: Run): Promise<void>;
}

/**
 * Trains the runs of a group in turn, each as soon as it is ready. The others are prepared meanwhile, one after another, and then
 * all starts are evaluated, so that the first curve need not wait for either.
 */
export async function trainGroup(
  names: readonly string[],
  steps: GroupSteps,
  signal: AbortSignal,
): Promise<void> {
  const ready = new Set<string>();
  let prepared = false;
  let wake = (): void => undefined;
  const unfinished = (): Run[] =>
    names.flatMap((name) => {
      const run = steps.run(name);
      return run && !isFinished(run) ? [run] : [];
    });
  const prepareAll = async (): Promise<void> => {
    for (const run of unfinished()) {
      if (signal.aborted) return;
      await steps.prepare(run);
      ready.add(run.name);
      wake();
    }
    for (const { name } of unfinished()) {
      const run = steps.run(name);
      if (signal.aborted) return;
      if (run && !isFinished(run) && !hasStart(run)) await steps.evaluateStart(run);
    }
  };
  const preparing = prepareAll().finally(() => {
    prepared = true;
    wake();
  });
  // Thrown below, when the turn of a run has ended.
  preparing.catch(() => undefined);
  while (!signal.aborted) {
    const left = unfinished();
    const next = nextRun(left.filter(({ name }) => ready.has(name)));
    if (left.length === 0 || (!next && prepared)) break;
    if (next) await steps.train(next);
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await preparing;
}

/** True if a run was evaluated before its first step. */
export const hasStart = ({ evaluations }: Pick<Run, 'evaluations'>): boolean => evaluations[0]?.step === 0;
