import { expect, test } from 'vitest';
import { comparePresets } from './presets';
import { DEFAULT_RECIPE, parseRecipe } from './schema';

const presets = comparePresets(DEFAULT_RECIPE, String);
const preset = (id: string) => {
  const found = presets.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no preset ${id}`);
  return found;
};
test('every arm is a valid recipe, every preset starts with the base and has its reference', () => {
  for (const { arms, reference } of presets) {
    expect(arms[0]).toMatchObject({ id: 'base', recipe: null });
    expect(new Set(arms.map(({ id }) => id)).size).toBe(arms.length);
    expect(arms.some(({ id, recipe }) => id === reference && recipe !== null)).toBe(true);
    for (const { recipe } of arms) if (recipe) expect(parseRecipe(recipe, [recipe.method])).toEqual(recipe);
  }
});

test('the question of alignment has every cause, zeroed and not', () => {
  const arms = preset('alignment').arms.flatMap(({ recipe }) => (recipe ? [recipe] : []));
  expect(arms).toHaveLength(24);
  const causes = new Set(arms.map(({ method, solver }) => `${method} ${solver.kind}`));
  expect(causes.size).toBe(12);
  expect(
    new Set(arms.map(({ method, solver, zeroInit }) => `${method} ${solver.kind} ${zeroInit}`)).size,
  ).toBe(24);
});
