import type { Picture } from '../../engine/jobs';
import type { AppState } from '../store/app';
import { showsSingleCells } from '../store/derived/requested-picture';

interface CostReading {
  readonly mean: number;
  readonly deviation: number;
}

const known = new WeakMap<Picture, CostReading>();

/** Mean and standard deviation of the cost matrix on show; undefined if its picture does not show single cells. */
export function costReading({ picture }: AppState): CostReading | undefined {
  const { shown } = picture;
  if (shown?.picture.kind !== 'cost' || !showsSingleCells(shown.picture, shown.subject)) return undefined;
  const before = known.get(shown.picture);
  if (before !== undefined) return before;
  const values = shown.picture.max;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const reading = { mean, deviation: Math.sqrt(variance) };
  known.set(shown.picture, reading);
  return reading;
}
