import type { FigureText } from '../../figure/figure';
import type { Race } from '../../store/state/race';
import { count } from '../../words/numbers';
import type { RaceUnit } from './curves';
import { SMOOTHING } from './curves';
import { UNIT_WORDS } from './plot';

/** Texts of a race's figure: title, caption, conditions and recipes. `link` restores the race's setup. */
export function raceWords(race: Race, unit: RaceUnit, link: string): FigureText {
  const seeds = race.seeds.length;
  const over =
    seeds > 1
      ? ` Lines are means over the seeds that came that far, shaded their range (${seeds} seeds).`
      : ` One seed: the spread between seeds is not known.`;
  const steps = Math.max(0, ...race.runs.map((run) => run.steps));
  return {
    title: `race ${race.title}`,
    caption: `${race.title}${/[.?!]$/.test(race.title) ? '' : '.'} Losses in nats per token over ${UNIT_WORDS[unit]}. Training losses are means of ${SMOOTHING} steps.${over}`,
    experiment: [
      race.model,
      `trained on ${race.text}`,
      `${steps} steps of ${count(race.tokensPerStep)} tokens, the same ${race.budget} for every arm`,
      `seeds ${race.seeds.join(', ')}`,
      race.device,
      race.at,
      'made with Interlayer',
    ].join(' · '),
    recipe: JSON.stringify(race.arms.map(({ id, title, recipe }) => ({ id, title, recipe }))),
    link,
  };
}
