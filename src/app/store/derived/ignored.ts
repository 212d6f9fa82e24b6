import { methodOf } from '../../../engine/methods';
import { racePreset } from '../../../recipe/race';
import type { Recipe } from '../../../recipe/schema';
import { methodTitle } from '../../methods/methods';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { comparisons } from './comparison';

type Needs = WithModel & WithRecipe & WithView;

/** Settings of the panel beside the stage that a preset of arms may set itself, each with another value to try. */
const OTHER: Readonly<Partial<Record<keyof Recipe, (recipe: Recipe) => Partial<Recipe>>>> = {
  method: ({ method }) => ({ method: method === 'average' ? 'random' : 'average' }),
  gaps: ({ gaps }) => ({ gaps: String(gaps) === '0' ? [1] : [0] }),
  zeroInit: ({ zeroInit }) => ({ zeroInit: zeroInit !== true }),
  alpha: ({ alpha }) => ({ alpha: alpha === 0.5 ? 0.25 : 0.5 }),
  group: ({ group }) => ({ group: group + 1 }),
  slices: ({ slices }) => ({ slices: slices === null ? [{ start: 0, end: 1 }] : null }),
  parents: ({ parents }) => ({ parents: Object.keys(parents).length > 0 ? {} : { 0: [0, 0] } }),
  structured: ({ structured }) => ({ structured: { ...structured, rotate: !structured.rotate } }),
  solver: ({ solver }) => ({ solver: { ...solver, epsilon: 2 * solver.epsilon } }),
  cost: ({ cost }) => ({ cost: { ...cost, metric: cost.metric === 'cosine' ? 'euclidean' : 'cosine' } }),
  seed: ({ seed }) => ({ seed: seed === 0 ? 1 : 0 }),
};
export type IgnoredSetting = keyof typeof OTHER;

/** What decides an arm: its method, its zero start, and of the other settings those that its method reads. */
function readBy(recipe: Recipe): unknown[] {
  const { reads } = methodOf(recipe.method);
  return [recipe.method, recipe.zeroInit, ...reads.map((setting) => recipe[setting])];
}

/** The settings beside the stage that change none of the arms which `armsOf` makes from them. */
function ignoredBy(recipe: Recipe, armsOf: (recipe: Recipe) => readonly (Recipe | null)[]): IgnoredSetting[] {
  const decided = (of: Recipe) => JSON.stringify(armsOf(of).map((arm) => arm && readBy(arm)));
  const now = decided(recipe);
  return Object.entries(OTHER).flatMap(([setting, other]) =>
    decided({ ...recipe, ...other(recipe) }) === now ? [setting as IgnoredSetting] : [],
  );
}

/** The settings beside the stage that the preset on show ignores; none where all count, and in stages without arms. */
export function ignoredSettings({ view, recipe, model }: Needs): readonly IgnoredSetting[] {
  const { current } = recipe;
  if (view.tab === 'compare')
    return ignoredBy(
      current,
      (of) =>
        comparisons(of)
          .find(({ id }) => id === view.comparison)
          ?.arms.map((arm) => arm.recipe) ?? [],
    );
  const layers = model.info?.layers ?? 0;
  const { race } = view;
  if (view.tab !== 'train' || race === 'own' || layers < 2) return [];
  return ignoredBy(current, (of) =>
    // The seeds of a race are those of its training.
    racePreset(race, of, layers, methodTitle).arms.map((arm) => ({ ...arm.recipe, seed: 0 })),
  );
}
