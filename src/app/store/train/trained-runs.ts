import type { Race, Run } from '../state/race';

/** Runs whose trained state is still stored: runs with at least one step, of the first seed or paused. */
export function trainedRuns(race: Race | undefined): readonly Run[] {
  if (!race) return [];
  const [first] = race.seeds;
  return race.runs.filter(
    ({ seed, losses, status }) =>
      losses.length > 0 && status !== 'failed' && (seed === first || status === 'paused'),
  );
}
