import type { Picture } from '../../engine/jobs';
import type { ColourScale } from './colours';

const UNITS: Readonly<Record<Picture['kind'], string>> = {
  cost: 'distance',
  plan: 'mass n·T',
  permutation: '1 where assigned',
  difference: 'n·T of A − B',
};

/** The one direction of the colours of distances and masses, for legends. */
export const NEAR_WORDS = 'yellow is near';

/** Unit of a legend's numbers, and what yellow means. */
export function unitOf(kind: Picture['kind'], scale: ColourScale): string {
  const unit = !scale.byRow
    ? UNITS[kind]
    : kind === 'cost'
      ? 'share of the row’s largest distance'
      : 'share of the row’s largest';
  return kind === 'difference' ? unit : `${unit}, ${NEAR_WORDS}`;
}
