import type { View } from '../../recipe/view';
import type { ColourScale } from '../drawing/colours';
import type { MapLevel, MapState } from '../store/state/map';

type ShownMap = NonNullable<MapState['shown']>;

/** Whether row i and column i are the same neurons, so that the diagonal is 0 by definition. */
export function comparesWithItself(level: MapLevel): boolean {
  if (level.kind === 'blocks') return true;
  const heads = level.kind === 'neurons' ? level.heads : undefined;
  return level.previous === level.next && (heads === undefined || heads[0] === heads[1]);
}

export const valuesOf = ({ result }: ShownMap, value: View['mapValue']): Float32Array =>
  value === 'distance' ? result.distances : result.relative;

/** Colours from the least to the largest value. Where the diagonal is 0 by definition it does not stretch them. */
export function mapScale(map: ShownMap, value: View['mapValue']): ColourScale {
  const skip = comparesWithItself(map.level);
  const { columns } = map.result;
  let [low, high] = [Infinity, -Infinity];
  for (const [at, entry] of valuesOf(map, value).entries()) {
    if (skip && at % (columns + 1) === 0) continue;
    low = Math.min(low, entry);
    high = Math.max(high, entry);
  }
  if (!(high > low)) return { kind: 'linear', map: 'viridis', low: 0, high: high > 0 ? high : 1 };
  return { kind: 'linear', map: 'viridis', low, high };
}
