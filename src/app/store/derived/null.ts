import { fillsGaps } from '../../methods/gaps';
import { noNullReason } from '../../methods/methods';
import type { NullMeasure } from '../../../engine/jobs';
import { TENSOR_INFO } from '../../words/tensors';
import type { WithAlign } from '../state/align';
import type { WithNulls } from '../state/nulls';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** True if the second picture is the null of the first. */
export const showsNull = ({ view: { panes, second } }: WithView): boolean =>
  panes !== 'off' && second.against?.kind === 'null';

/** Why the tensor on show has no null; undefined if it has one. */
export function nullProblem({ recipe: { current }, view }: WithRecipe & WithView): string | undefined {
  if (!fillsGaps(current.method)) return 'This method aligns nothing';
  return noNullReason(current, TENSOR_INFO[view.tensor].fullName);
}

/** The null of the alignment on show, if it has been measured. */
export const shownNull = ({ align, nulls }: WithAlign & WithNulls): NullMeasure | undefined =>
  nulls.entries[align.key ?? ''];
