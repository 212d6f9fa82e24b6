import { costOfTraining } from '../../measures/cost-of-training';
import type { Recipe } from '../../recipe/schema';
import type { Trainable } from '../../train/trained';
import type { Expansion } from '../../upscale/expanding/expansion';
import { methodOf } from '../../upscale/methods';

/** What is known of a deeper model before it is made. */
type DeeperOutline = Pick<Expansion, 'method' | 'newLayers'> & { readonly layers: ArrayLike<unknown> };

/** Returns what a recipe trains of its deeper model. */
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

/** Returns the cost of a training step by the model of method.md 7.5, in forward passes of one block. */
export const stepCostOf = (recipe: Recipe, deeper: DeeperOutline): number =>
  costOfTraining(trainsAll(recipe, deeper) ? undefined : deeper, deeper.layers.length).trainStepCost;

/** True if all blocks are trained, as by default in a model without new blocks. */
function trainsAll({ method, training: { trains } }: Recipe, { newLayers }: DeeperOutline): boolean {
  if (trains !== 'method') return trains === 'all';
  return methodOf(method).trains === 'all' || newLayers.length === 0;
}
