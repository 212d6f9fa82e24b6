import type { View } from '../../recipe/view';
import type { ColourScale } from '../drawing/colours';
import type { Tick } from '../drawing/scale';
import type { MapLevel, MapState } from '../store/state/map';
import { count, quantity } from '../words/numbers';

type ShownMap = NonNullable<MapState['shown']>;

/** True if row i and column i are the same neurons, so that the diagonal is 0 by definition. */
export function hasZeroDiagonal(level: MapLevel): boolean {
  if (level.kind === 'blocks') return true;
  const heads = level.kind === 'neurons' ? level.heads : undefined;
  return level.previous === level.next && (heads === undefined || heads[0] === heads[1]);
}

/** The value that a map shows: the chosen one, or where it has no null, the relative distance. */
export const shownValue = ({ result }: ShownMap, value: View['mapValue']): View['mapValue'] =>
  value === 'null' && result.nullDistances === undefined ? 'relative' : value;

/** A map's values; less is nearer. */
export function mapValues(map: ShownMap, value: View['mapValue']): Float32Array {
  const { distances, relative, nullDistances } = map.result;
  if (value === 'distance') return distances;
  return nullDistances && value === 'null'
    ? distances.map((distance, at) => (nullDistances[at] ? distance / nullDistances[at] : 0))
    : relative;
}

/**
 * A value further from the median than this many standard deviations, as the median absolute deviation estimates them, is
 * outlying (the modified z-score of Iglewicz and Hoaglin, 1993).
 */
const OUTLYING = 3.5;
/** Standard deviations in a median absolute deviation of normal values. */
const DEVIATION = 1.4826;

/** How a map is coloured: its pixels' values on a scale, what the legend says of the scale, and its ticks if they are not round. */
export interface MapColours {
  readonly values: Float32Array;
  readonly scale: ColourScale;
  readonly note: string;
  readonly ticks?: readonly Tick[];
}

/** Colours of a map. A diagonal that is 0 by definition does not count. */
export function mapColours(map: ShownMap, value: View['mapValue'], colours: View['mapColours']): MapColours {
  const values = mapValues(map, value);
  const { columns } = map.result;
  const skip = hasZeroDiagonal(map.level);
  const sorted = values.filter((_, at) => !skip || at % (columns + 1) !== 0).toSorted();
  if (colours === 'ranks' && sorted.length > 1) return rankColours(values, sorted);
  const [low, high] = colours === 'robust' ? robustRange(sorted) : [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const range = high > low ? { low, high } : { low: 0, high: high > 0 ? high : 1 };
  return {
    values,
    scale: { kind: 'linear', map: 'viridis-down', ...range },
    note: clippedWords(sorted, range),
  };
}

/** From the least to the largest value that is not outlying; all, if most values are equal and so have no deviation. */
function robustRange(sorted: Float32Array): [low: number, high: number] {
  const middle = median(sorted);
  const spread = DEVIATION * median(sorted.map((value) => Math.abs(value - middle)).toSorted());
  const kept = sorted.filter((value) => spread === 0 || Math.abs(value - middle) <= OUTLYING * spread);
  return [kept[0] ?? 0, kept.at(-1) ?? 0];
}

/** Median of ascending values; 0 if there are none. */
function median(sorted: Float32Array): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** Says how many values lie outside the range and how far they reach. */
function clippedWords(sorted: Float32Array, { low, high }: { low: number; high: number }): string {
  const below = sorted.filter((value) => value < low).length;
  const above = sorted.filter((value) => value > high).length;
  const parts = [
    ...(above > 0 ? [`${count(above)} above, up to ${quantity(sorted.at(-1) ?? 0, 3)}`] : []),
    ...(below > 0 ? [`${count(below)} below, down to ${quantity(sorted[0] ?? 0, 3)}`] : []),
  ];
  return parts.length === 0
    ? ''
    : `${count(below + above)} of ${count(sorted.length)} pairs lie outside the colours: ${parts.join('; ')}`;
}

/** Colours by rank: equal steps of colour for equal numbers of pairs. Equal values have one colour. */
function rankColours(values: Float32Array, sorted: Float32Array): MapColours {
  const last = sorted.length - 1;
  const quartiles = [0, 0.25, 0.5, 0.75, 1];
  return {
    values: values.map(
      (value) => (firstAbove(sorted, value, false) + firstAbove(sorted, value, true) - 1) / 2 / last,
    ),
    scale: { kind: 'linear', map: 'viridis-down', low: 0, high: 1 },
    ticks: quartiles.map((t) => ({ t, value: sorted[Math.round(t * last)] ?? 0 })),
    note: 'by rank; the numbers are the quartiles',
  };
}

/** Index of the first ascending entry above the value, or at it unless `above`. */
function firstAbove(sorted: Float32Array, value: number, above: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const entry = sorted[middle] ?? 0;
    if (above ? entry <= value : entry < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
