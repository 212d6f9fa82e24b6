import { methodTitle } from '../../methods/methods';
import { type RaceArm, racePreset } from '../../../recipe/race';
import type { RaceId } from '../../../recipe/view';
import type { WithModel } from '../state/model';
import type { WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

type Needs = WithModel & WithRecipe & WithView & WithRace;

/** Settings of a race that has not started: all arms, and those that take part. */
export interface RaceSetup {
  readonly id: RaceId;
  readonly title: string;
  readonly arms: readonly RaceArm[];
  readonly chosen: readonly RaceArm[];
  /** Id of the arm the others are compared with; it takes part. */
  readonly reference: string;
}

export const RACE_TITLES: Readonly<Record<RaceId, string>> = {
  paper: 'The paper in minutes',
  alignment: 'Is it alignment?',
  positions: 'Where to insert',
  count: 'How many',
  own: 'Arms of your own',
};

/** The race setup on show. */
export function shownRaceSetup({ view, race, recipe, model }: Needs): RaceSetup {
  const id = view.race;
  const layers = model.info?.layers ?? 0;
  const preset =
    id === 'own' || layers < 2
      ? { arms: race.own, reference: race.own[0]?.id ?? '' }
      : racePreset(id, recipe.current, layers, methodTitle);
  const chosen = preset.arms.filter((arm) => !view.without.includes(arm.id));
  const reference = chosen.some((arm) => arm.id === preset.reference)
    ? preset.reference
    : (chosen[0]?.id ?? '');
  return { id, title: RACE_TITLES[id], arms: preset.arms, chosen, reference };
}

/** Why these arms cannot race; undefined if they can. */
export function raceSetupProblem({ chosen }: Pick<RaceSetup, 'chosen'>): string | undefined {
  if (chosen.length === 0) return 'Expected at least one arm, got none. Choose one.';
  const names = chosen.map(({ title }) => title.trim());
  if (names.includes('')) return 'Expected a name for every arm, got an empty one. Name it.';
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined
    ? undefined
    : `Expected arms of different names, got two named “${twice}”. Rename one of them.`;
}
