import type { View } from '../../recipe/view';
import type { ColourScale } from '../drawing/colours';
import type { MapLevel, MapState } from '../store/state/map';

type ShownMap = NonNullable<MapState['shown']>;

/** True if row i and column i are the same neurons, so that the diagonal is 0 by definition. */
export function hasZeroDiagonal(level: MapLevel): boolean {
  if (level.kind === 'blocks') return true;
  const heads = level.kind === 'neurons' ? level.heads : undefined;
  return level.previous === level.next && (heads === undefined || heads[0] === heads[1]);
}

export const mapValues = ({ result }: ShownMap, value: View['mapValue']): Float32Array =>
  value === 'distance' ? result.distances : result.relative;

/** Colour scale from the smallest to the largest value, without a diagonal that is 0 by definition. */
export function mapScale(map: ShownMap, value: View['mapValue']): ColourScale {
  const skip = hasZeroDiagonal(map.level);
  const { columns } = map.result;
  let [low, high] = [Infinity, -Infinity];
  for (const [at, entry] of mapValues(map, value).entries()) {
    if (skip && at % (columns + 1) === 0) continue;
    low = Math.min(low, entry);
    high = Math.max(high, entry);
  }
  if (!(high > low)) return { kind: 'linear', map: 'viridis-down', low: 0, high: high > 0 ? high : 1 };
  return { kind: 'linear', map: 'viridis-down', low, high };
}
