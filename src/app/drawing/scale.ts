import type { Picture } from '../../engine/jobs';
import type { View } from '../../recipe/view';
import type { ColourScale } from './colours';
import { position } from './colours';

/** A log scale of a plan starts this factor below the uniform 1/n, so that a uniform plan is dark and pairs are bright. */
const BELOW_UNIFORM = 4;

type Ranged = Pick<Picture, 'kind' | 'low' | 'high'>;

/**
 * Chooses the colour scale of a picture. Plans have a fixed range, from a quarter of the uniform 1/n to a whole neuron, so
 * that half-steps, ε and tensors can be compared by eye; differences have it on both sides of zero. `fit` uses the range of
 * the picture's values instead. Costs always use their own range.
 *
 * @param least for a scale by row: the smallest value, as a share of the largest in its row.
 */
export function colourScale(
  { kind, low, high }: Ranged,
  rows: number,
  view: Pick<View, 'scale' | 'fit'>,
  least = 0,
): ColourScale {
  // Yellow means near: a large mass, but a small distance.
  const map = kind === 'cost' ? 'viridis-down' : 'viridis';
  const floor = 1 / (rows * BELOW_UNIFORM);
  if (kind === 'permutation') return { kind: 'linear', map, low: 0, high: 1 };
  if (kind === 'difference') return differences(Math.max(Math.abs(low), Math.abs(high)), floor, view);
  if (view.scale === 'row')
    return { kind: 'linear', map, low: kind === 'cost' ? Math.min(least, 0.999) : 0, high: 1, byRow: true };
  if (kind === 'cost' || view.fit) {
    // A cost of 0 (two equal rows) or an underflown plan entry has no logarithm.
    const end = view.scale === 'log' ? Math.max(low, high * 1e-6, Number.MIN_VALUE) : low;
    return { kind: view.scale, map, low: end, high: high > end ? high : end * 2 || 1 };
  }
  return { kind: view.scale, map, low: view.scale === 'log' ? floor : 0, high: 1 };
}

function differences(largest: number, floor: number, view: Pick<View, 'scale' | 'fit'>): ColourScale {
  const map = 'diverging';
  if (view.scale === 'row') return { kind: 'linear', map, low: -1, high: 1, byRow: true };
  const high = view.fit ? largest || 1 : 1;
  if (view.scale === 'linear') return { kind: 'linear', map, low: -high, high };
  return {
    kind: 'signed-log',
    map,
    low: -high,
    high,
    floor: Math.max(Number.MIN_VALUE, Math.min(floor, high / 100)),
  };
}

/** A number beside a legend, and its position from 0 to 1. */
export interface Tick {
  readonly value: number;
  readonly t: number;
}

/** The number beside a tick nearer to zero than this share of the legend would lie over the zero. */
const APART = 0.15;

/** Ticks of a legend: round values and their positions, all distinct. The ends have ticks only if they are round. */
export function ticksOf(scale: ColourScale, most = 6): Tick[] {
  const at = (value: number): Tick => ({ value, t: position(scale, value) });
  if (scale.kind === 'linear') return distinct(roundBetween(scale.low, scale.high, most).map(at));
  if (scale.kind === 'log') return distinct(roundPowers(scale.low, scale.high, most).map(at));
  const powers = roundPowers(scale.floor ?? 0, scale.high, Math.ceil(most / 2)).map(at);
  const positive = distinct(powers.filter(({ t }) => t - 0.5 >= APART));
  return [...positive.map(({ value }) => at(-value)).toReversed(), at(0), ...positive];
}

/** Without ticks that rounding has put where the one before is: a range may be narrower than float64 can divide. */
const distinct = (ticks: readonly Tick[]): Tick[] =>
  ticks.filter(({ t }, i) => i === 0 || t !== ticks[i - 1]?.t);

/** Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at most `most`. */
function roundBetween(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-6);
  const count = Math.floor(high / step + 1e-6) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

/** Powers of ten from `low` to `high`, with 2 and 5 (or 3) times them if at most `most`; else `roundBetween`. */
function roundPowers(low: number, high: number, most: number): number[] {
  const between = (factors: readonly number[], every: number) => {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high) + 1e-9; power++) {
      if (power % every !== 0) continue;
      for (const factor of factors) {
        const value = Number(`${factor}e${power}`);
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) found.push(value);
      }
    }
    return found;
  };
  if (high / low < 10) return roundBetween(low, high, most);
  const sets = [between([1, 2, 5], 1), between([1, 3], 1), between([1], 1), between([1], 2), between([1], 3)];
  return sets.find((set) => set.length <= most) ?? between([1], 4);
}
