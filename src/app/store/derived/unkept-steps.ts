import type { RaceState } from '../state/race';

/** Steps of a race that a later visit would have to do again, because no stored state has them, and of how many arms. */
export interface UnkeptSteps {
  readonly steps: number;
  readonly arms: number;
}

/** What leaving the page now would lose of a race; undefined if nothing. A paused race is stored as it is. */
export function unkeptSteps({ status, race }: RaceState): UnkeptSteps | undefined {
  if (race === undefined || (status !== 'running' && status !== 'pausing')) return undefined;
  // A later visit trains unfinished arms alone; the numbers of finished ones are in the log.
  const lost = race.runs
    .filter((run) => run.status === 'running' || run.status === 'paused' || run.status === 'waiting')
    .map(({ losses, keptStep = 0 }) => losses.length - keptStep)
    .filter((steps) => steps > 0);
  if (lost.length === 0) return undefined;
  return { steps: lost.reduce((sum, steps) => sum + steps, 0), arms: lost.length };
}

/** `Leaving the page now loses 14 steps of 3 arms, which are not stored yet.` */
export const unkeptText = ({ steps, arms }: UnkeptSteps): string =>
  `Leaving the page now loses ${steps} ${steps === 1 ? 'step' : 'steps'} of ${arms} ${arms === 1 ? 'arm' : 'arms'}, which are not stored yet.`;
