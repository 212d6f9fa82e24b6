import { type ArmSummary, conclusion, type RaceRow, summarise } from '../../engine/summary';
import type { Race, Run } from '../store/state/race';

/** What a race came to so far, arms at equal steps of their way. */
export interface Standing {
  readonly arms: readonly ArmSummary[];
  readonly words: string;
  /** Step of the runs that the numbers are of; undefined where arms have different numbers of steps. */
  readonly step: number | undefined;
  /** Seeds that all arms have reached. */
  readonly seeds: number;
}

/** The evaluation at or before a share of a run's way. */
const at = (run: Run, share: number) =>
  run.evaluations.findLast(({ step }) => step <= Math.round(share * run.steps));

/**
 * Compares arms where all of them were measured: per seed at the furthest evaluation that no sound arm lacks. A seed that some
 * arm has not reached beyond its start does not count yet.
 */
export function standingOf(race: Race): Standing | undefined {
  const rows: RaceRow[] = [];
  const steps = new Set<number>();
  let seeds = 0;
  for (const seed of race.seeds) {
    const own = race.runs.filter((run) => run.seed === seed);
    const sound = own.filter(({ status }) => status !== 'failed' && status !== 'diverged');
    const share = Math.min(
      ...sound.map(({ evaluations, steps: all }) => (evaluations.at(-1)?.step ?? 0) / Math.max(1, all)),
    );
    if (sound.length === 0 || !(share > 0)) continue;
    seeds++;
    for (const run of own) {
      const evaluation = sound.includes(run) ? at(run, share) : undefined;
      if (evaluation) steps.add(evaluation.step);
      const title = race.arms.find(({ id }) => id === run.arm)?.title ?? run.arm;
      rows.push({
        arm: run.arm,
        title,
        seed,
        heldout: evaluation?.heldout ?? null,
        retention: evaluation?.retention ?? null,
      });
    }
  }
  if (seeds === 0) return undefined;
  const arms = summarise(rows, race.reference);
  const step = steps.size === 1 ? [...steps][0] : undefined;
  const longest = Math.max(...steps);
  const words = conclusion(arms, race.reference, { seeds, steps: longest, tokens: race.tokensPerStep });
  return { arms, words, step, seeds };
}
