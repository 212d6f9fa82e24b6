import type { Picture } from '../../engine/jobs';
import type { View } from '../../recipe/view';
import type { ColourScale } from './colours';

/** How far below the uniform 1/n a log scale of a plan reaches: a uniform plan is dark, so what is bright is paired. */
const BELOW_UNIFORM = 4;

/**
 * The colour scale of a picture. Plans get one fixed range, from a quarter of the uniform plan's 1/n to a whole neuron, so
 * that half-steps, ε and tensors can be compared by eye; `fit` stretches the colours to the picture's own values. Costs
 * always have their own range.
 */
export function colourScale(picture: Picture, rows: number, view: Pick<View, 'scale' | 'fit'>): ColourScale {
  const { kind, low, high } = picture;
  if (kind === 'permutation') return { kind: 'linear', low: 0, high: 1 };
  if (kind === 'cost' || view.fit) {
    // A cost of 0 (two equal rows) has no logarithm; nor has an underflown plan entry.
    const floor = view.scale === 'log' ? Math.max(low, high * 1e-6, Number.MIN_VALUE) : low;
    return { kind: view.scale, low: floor, high: high > floor ? high : floor * 2 || 1 };
  }
  return { kind: view.scale, low: view.scale === 'log' ? 1 / (rows * BELOW_UNIFORM) : 0, high: 1 };
}
