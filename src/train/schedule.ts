import type { Recipe } from '../recipe/schema';

type Schedule = Pick<Recipe['training'], 'schedule' | 'rate' | 'warmup' | 'decay'>;

/**
 * Learning rate of steps 1 … `steps`: a linear warm-up over a share of them, then `constant`, half a cosine down to 0
 * (Loshchilov and Hutter 2017), or warmup–stable–decay (Hu et al. 2024), which falls linearly over the last `decay` share.
 * Falling ones are above 0 at the last step and 0 one after it.
 */
export function learningRate(
  { schedule, rate, warmup, decay }: Schedule,
  steps: number,
  step: number,
): number {
  const rising = Math.ceil(warmup * steps);
  if (step <= rising) return (rate * step) / rising;
  if (schedule === 'constant') return rate;
  if (schedule === 'cosine')
    return (rate / 2) * (1 + Math.cos((Math.PI * (step - rising)) / (steps + 1 - rising)));
  return rate * Math.min(1, (steps + 1 - step) / Math.max(1, Math.ceil(decay * steps)));
}
