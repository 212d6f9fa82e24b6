import type { Recipe } from '../recipe/schema';

type Schedule = Pick<Recipe['training'], 'schedule' | 'rate' | 'warmup' | 'decay'>;

/**
 * Returns the learning rate of step 1 … `steps`: linear warm-up over the share `warmup`, then `constant`, `cosine` (half a cosine
 * down to 0; Loshchilov and Hutter 2017), or warmup–stable–decay (Hu et al. 2024), which falls linearly over the last share
 * `decay`. Falling rates would reach 0 one step after the last.
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
