import { type ArmSummary, conclusion, type RaceRow, summarise } from '../../engine/summary';
import type { Race, Run } from '../store/state/race';

/** Results of a race so far. Arms are compared at the same share of their steps. */
export interface RaceResults {
  readonly arms: readonly ArmSummary[];
  readonly words: string;
  /** Step of the compared evaluations; undefined if arms have different numbers of steps. */
  readonly step: number | undefined;
  /** Number of compared seeds. */
  readonly seeds: number;
}

/** The last evaluation at or before a share of a run's steps. */
const at = (run: Run, share: number) =>
  run.evaluations.findLast(({ step }) => step <= Math.round(share * run.steps));

/**
 * Compares arms, for each seed at the latest evaluation that all sound arms have. Leaves out a seed in which an arm has no
 * evaluation after its start.
 */
export function raceResults(race: Race): RaceResults | undefined {
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
