import { expect, test } from 'vitest';
import { DEFAULT_RECIPE, type Recipe } from '../recipe/schema';
import { blockSpecs } from '../upscale/expanding/block-specs';
import { costOfTraining } from './cost-of-training';

/** Cost for a model of `layers` blocks. Only the method and the indices of new blocks matter. */
function cost(layers: number, change: Partial<Recipe>): { trainStepCost: number; trainStepShare: number } {
  const recipe = { ...DEFAULT_RECIPE, ...change };
  const places = blockSpecs(recipe, layers);
  const newLayers = [...places.keys()].filter((i) => places[i]?.kind !== 'base');
  return costOfTraining({ method: recipe.method, newLayers }, places.length);
}

test.each([
  [{ gaps: 'top' }, 96],
  [{ gaps: 'middle' }, 104],
  [{ gaps: 'bottom' }, 111],
  [{ gaps: 'ends' }, 111],
  [{ method: 'llama-pro', gaps: 'spread' }, 110],
  [{ method: 'lesa', gaps: 'top' }, 96],
  [{ method: 'solar' }, 144],
] satisfies [Partial<Recipe>, number][])('32 blocks, %j: the cost of method.md 7.5', (change, expected) => {
  expect(cost(32, change)).toEqual({ trainStepCost: expected, trainStepShare: expected / 144 });
});

test('the base model trained as a whole is the measure of itself', () => {
  expect(costOfTraining(undefined, 32)).toEqual({ trainStepCost: 96, trainStepShare: 1 });
});
