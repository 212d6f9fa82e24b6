import type { Picture } from '../../engine/jobs';
import type { ColourScale } from './colours';

const UNITS: Readonly<Record<Picture['kind'], string>> = {
  cost: 'distance',
  plan: 'mass n·T',
  permutation: '1 where assigned',
  difference: 'n·T of A − B',
};

/** Unit of a legend's numbers. */
export function unitOf(kind: Picture['kind'], scale: ColourScale): string {
  if (!scale.byRow) return UNITS[kind];
  return kind === 'cost' ? 'share of the row’s largest distance' : 'share of the row’s largest';
}
