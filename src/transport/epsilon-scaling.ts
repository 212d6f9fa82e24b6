/** Above this range of the cost in units of ε, the solve starts at a larger ε (method.md 9.3). */
const SCALING_THRESHOLD = 80;

/**
 * The ε of every stage of ε-scaling: from `from` (the largest cost) down by halves, the one asked for last; only that one where
 * the cost's range is not large against it. `cap` is the most iterations of a stage before the last: together these
 * stages leave at least half of `maxIterations` to the last one, and where that is too few for one iteration each, they
 * are left out.
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
