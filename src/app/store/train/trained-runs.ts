import type { Race, Run } from '../state/race';

/** Runs whose arms are still kept: those that have learnt something, of the first seed, or of the one under way. */
export function trainedRuns(race: Race | undefined): readonly Run[] {
  if (!race) return [];
  const [first] = race.seeds;
  return race.runs.filter(
    ({ seed, losses, status }) =>
      losses.length > 0 && status !== 'failed' && (seed === first || status === 'paused'),
  );
}
