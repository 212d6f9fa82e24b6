import { methodOf } from '../upscale/methods';
import type { Expansion } from '../upscale/expanding/expansion';

interface TrainingCost {
  readonly trainStepCost: number;
  readonly trainStepShare: number;
}

/**
 * Estimates the cost of a training step by the model of method.md 7.5: forward through all L′ blocks, activation gradients
 * down to the lowest trained block, weight gradients of the K trained blocks; each counts as one block's forward pass.
 * All blocks are trained without an expansion and for methods whose authors train the whole model.
 */
export function costOfTraining(
  expansion: Pick<Expansion, 'method' | 'newLayers'> | undefined,
  layers: number,
): TrainingCost {
  const [lowest] = expansion?.newLayers ?? [];
  const whole = 3 * layers;
  if (!expansion || lowest === undefined || methodOf(expansion.method).trains === 'all')
    return { trainStepCost: whole, trainStepShare: 1 };
  const trainStepCost = layers + (layers - lowest) + expansion.newLayers.length;
  return { trainStepCost, trainStepShare: trainStepCost / whole };
}
