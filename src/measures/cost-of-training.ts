import { methodOf } from '../upscale/methods';
import type { Expansion } from '../upscale/expanding/expansion';

interface TrainingCost {
  readonly trainStepCost: number;
  readonly trainStepShare: number;
}

/**
 * The cost model of method.md 7.5: forward through all L′ blocks, activation gradients back to the lowest trained block,
 * weight gradients of the K trained ones, each counted as one block's forward pass. Without an expansion, and for methods
 * whose authors train the whole model, all blocks are trained.
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
