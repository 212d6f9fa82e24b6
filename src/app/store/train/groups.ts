import type { Race, Run } from '../state/race';

const FINISHED: ReadonlySet<Run['status']> = new Set(['done', 'diverged', 'failed']);

/** True if the run is done, diverged or failed. */
export const isFinished = ({ status }: Pick<Run, 'status'>): boolean => FINISHED.has(status);

/** The runs that are on the device together: at most `most` runs of the first unfinished seed. */
export function currentGroup({ runs, seeds }: Pick<Race, 'runs' | 'seeds'>, most: number): Run[] {
  for (const seed of seeds) {
    const own = runs.filter((run) => run.seed === seed);
    for (let start = 0; start < own.length; start += most) {
      const group = own.slice(start, start + most);
      if (!group.every(isFinished)) return group;
    }
  }
  return [];
}

/** The unfinished run with the least progress, so that all arms advance together. */
export function nextRun(group: readonly Run[]): Run | undefined {
  const left = group.filter((run) => !isFinished(run));
  return left.toSorted((a, b) => progressOf(a) - progressOf(b))[0];
}

const progressOf = ({ losses, steps }: Run): number => losses.length / Math.max(1, steps);
