import { expect, it } from 'vitest';
import { RACE_PRESETS, racePreset } from './race';
import { DEFAULT_RECIPE, parseRecipe } from './schema';

it('races are of different arms with valid recipes that share model and training', () => {
  for (const id of RACE_PRESETS) {
    const { arms, reference } = racePreset(id, DEFAULT_RECIPE, 8, String);
    expect(arms.length).toBeGreaterThan(2);
    expect(new Set(arms.map((arm) => arm.id)).size).toBe(arms.length);
    expect(new Set(arms.map((arm) => arm.title)).size).toBe(arms.length);
    expect(arms.some((arm) => arm.id === reference)).toBe(true);
    for (const { recipe } of arms) {
      expect(parseRecipe(recipe, [recipe.method])).toEqual(recipe);
      expect(recipe.training).toEqual(DEFAULT_RECIPE.training);
    }
  }
});

it('asks each question with the arms it needs', () => {
  const methods = (id: (typeof RACE_PRESETS)[number]): string[] =>
    racePreset(id, DEFAULT_RECIPE, 8, String).arms.map(({ recipe }) => recipe.method);
  expect(methods('paper')).toEqual([
    'passthrough',
    'solar',
    'llama-pro',
    'lesa',
    'average',
    'opt-deus:paper',
  ]);
  const alignment = methods('alignment');
  for (const method of ['literal', 'paper', 'relative', 'hard', 'structured'])
    expect(alignment).toContain(`opt-deus:${method}`);
  for (const method of ['half-next', 'average', 'copy-previous', 'copy-next', 'random'])
    expect(alignment).toContain(method);
  const zeroed = racePreset('alignment', DEFAULT_RECIPE, 8, String).arms.every(
    ({ recipe }) => recipe.zeroInit === true,
  );
  expect(zeroed).toBe(true);
  const gaps = (id: 'positions' | 'count', layers: number) =>
    racePreset(id, DEFAULT_RECIPE, layers, String).arms.map(({ recipe }) => recipe.gaps);
  expect(gaps('positions', 8)).toEqual(['top', 'middle', 'bottom', 'ends']);
  expect(gaps('count', 8)).toEqual([[6], [5, 6], [3, 4, 5, 6]]);
  expect(gaps('count', 3)).toEqual([[1], [0, 1]]);
});
