import { expect, it } from 'vitest';
import { comparePresets } from '../recipe/presets';
import { RACE_PRESETS, racePreset } from '../recipe/race';
import { DEFAULT_RECIPE, RecipeError } from '../recipe/schema';
import { METHOD_IDS } from './methods';
import { parseRecipe } from './recipe';

it('leaves a whole recipe as it is, for every method there is, and refuses others', () => {
  for (const method of METHOD_IDS)
    expect(parseRecipe({ ...DEFAULT_RECIPE, method })).toEqual({ ...DEFAULT_RECIPE, method });
  expect(() => parseRecipe({ ...DEFAULT_RECIPE, method: 'mean' })).toThrow(RecipeError);
});

it('has the methods that presets and races name', () => {
  const compared = comparePresets(DEFAULT_RECIPE).flatMap(({ arms }) => arms);
  const raced = RACE_PRESETS.flatMap((id) => racePreset(id, DEFAULT_RECIPE, 8).arms);
  for (const { recipe } of [...compared, ...raced]) if (recipe) expect(parseRecipe(recipe)).toEqual(recipe);
});
