import { costOfTraining } from '../../measures/cost-of-training';
import type { Recipe } from '../../recipe/schema';
import type { Trainable } from '../../train/trained';
import type { Expansion } from '../../upscale/expanding/expansion';
import { methodOf } from '../../upscale/methods';

/** What of a deeper model is decided before it is made. */
type DeeperOutline = Pick<Expansion, 'method' | 'newLayers'> & { readonly layers: ArrayLike<unknown> };

/** What a recipe trains of its deeper model. */
export function trainableOf(recipe: Recipe, deeper: DeeperOutline): Trainable {
  const { tensors, embedding, finalNorm, head } = recipe.training;
  const blocks = trainsAll(recipe, deeper)
    ? Array.from(deeper.layers, (_, index) => index)
    : deeper.newLayers;
  const learns = tensors && new Set<string>(tensors);
  return {
    blocks,
    embedding,
    finalNorm,
    head,
    ...(learns ? { tensors: (key) => learns.has(key.replace(/\.(weight|bias)$/, '')) } : {}),
  };
}

/** A step's cost by the model of method.md 7.5, in forward passes of one block. */
export const stepCostOf = (recipe: Recipe, deeper: DeeperOutline): number =>
  costOfTraining(trainsAll(recipe, deeper) ? undefined : deeper, deeper.layers.length).trainStepCost;

/** A model without new blocks has nothing but its own to train. */
function trainsAll({ method, training: { trains } }: Recipe, { newLayers }: DeeperOutline): boolean {
  if (trains !== 'method') return trains === 'all';
  return methodOf(method).trains === 'all' || newLayers.length === 0;
}
