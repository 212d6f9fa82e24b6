import { csv } from '../../files/csv';
import type { Race } from '../../store/state/race';

const HEAD = [
  'arm',
  'title',
  'method',
  'seed',
  'step',
  'tokens',
  'block passes × tokens',
  'training loss',
  'held-out loss',
  'retention loss',
  'response loss',
  'forward ms',
  'backward ms',
  'optimizer ms',
  'status',
  'model',
  'text',
  'backend',
  'recipe',
];

/** A number as text; empty if it is unknown or not finite. */
const known = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '' : String(value);

/**
 * Writes a CSV row per evaluation of each run. The training loss is that of the last step before the evaluation, measured
 * before that step, so the first row has none. Times are means over the run. The recipe is the arm's; the seed in its own
 * column replaces the seeds in the recipe.
 */
export function raceCsv(race: Race): string {
  const rows = race.runs.flatMap((run) => {
    const arm = race.arms.find(({ id }) => id === run.arm);
    return run.evaluations.map(({ step, heldout, retention, response }) => {
      const tokens = step * race.tokensPerStep;
      return [
        run.arm,
        arm?.title ?? run.arm,
        arm?.recipe.method ?? '',
        String(run.seed),
        String(step),
        String(tokens),
        known(run.facts && tokens * run.facts.stepCost),
        known(run.losses[step - 1]),
        known(heldout),
        known(retention),
        known(response),
        known(run.facts?.stepMs?.forward),
        known(run.facts?.stepMs?.backward),
        known(run.facts?.stepMs?.optimizer),
        run.status,
        race.model,
        race.text,
        race.device,
        arm ? JSON.stringify(arm.recipe) : '',
      ];
    });
  });
  return csv([HEAD, ...rows]);
}

/** Writes a race with all its numbers. Those that are not finite become null, because JSON cannot hold them. */
export function raceJson(race: Race): string {
  return JSON.stringify({ version: 1, ...race });
}
