/** If (max(M) − min(M))/ε is above this, the solve starts at a larger ε (method.md 9.3). */
const SCALING_THRESHOLD = 80;

/**
 * Returns ε of every stage of ε-scaling: halved from `from` (default: the largest cost), the requested ε last. There is only one
 * stage if the range of the cost is not large compared with ε. `cap` limits the iterations of each earlier stage so that at
 * least half of `maxIterations` is left for the last; if that allows no iteration, earlier stages are omitted.
 */
export function epsilonStages(
  cost: { readonly minimum: number; readonly maximum: number },
  epsilon: number,
  maxIterations: number,
  stageIterations: number,
  from = cost.maximum,
): { stages: number[]; cap: number } {
  const stages = [epsilon];
  if ((cost.maximum - cost.minimum) / epsilon <= SCALING_THRESHOLD) return { stages, cap: 0 };
  const larger: number[] = [];
  for (let current = from; current > epsilon; current /= 2) larger.push(current);
  const cap = Math.min(stageIterations, Math.floor(maxIterations / 2 / larger.length));
  return cap < 1 ? { stages, cap: 0 } : { stages: [...larger, epsilon], cap };
}
