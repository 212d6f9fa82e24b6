import { expect, it } from 'vitest';
import { comparePresets } from '../recipe/presets';
import { RACE_PRESETS, racePreset } from '../recipe/race';
import { DEFAULT_RECIPE, RecipeError } from '../recipe/schema';
import { METHOD_IDS, methodTitle } from './methods';
import { parseRecipe } from './recipe';

it('leaves a whole recipe as it is, for every method there is, and refuses others', () => {
  for (const method of METHOD_IDS)
    expect(parseRecipe({ ...DEFAULT_RECIPE, method })).toEqual({ ...DEFAULT_RECIPE, method });
  expect(() => parseRecipe({ ...DEFAULT_RECIPE, method: 'mean' })).toThrow(RecipeError);
});

it('has the methods that presets and races name', () => {
  const compared = comparePresets(DEFAULT_RECIPE, methodTitle).flatMap(({ arms }) => arms);
  const raced = RACE_PRESETS.flatMap((id) => racePreset(id, DEFAULT_RECIPE, 8, methodTitle).arms);
  for (const { recipe } of [...compared, ...raced]) if (recipe) expect(parseRecipe(recipe)).toEqual(recipe);
});

it('calls every arm by the title of its method, and no two arms of a preset alike', () => {
  const lists = [
    ...comparePresets(DEFAULT_RECIPE, methodTitle).map(({ arms }) => arms),
    ...(['alignment', 'positions'] as const).map((id) => racePreset(id, DEFAULT_RECIPE, 8, methodTitle).arms),
  ];
  for (const arms of lists) {
    expect(new Set(arms.map(({ title }) => title)).size).toBe(arms.length);
    for (const { title, recipe } of arms)
      if (recipe) expect(title.startsWith(methodTitle(recipe.method)), title).toBe(true);
  }
  const titles = METHOD_IDS.map(methodTitle);
  expect(new Set(titles).size).toBe(titles.length);
});
