import { type Against, NEXT } from '../../../recipe/against';
import type { Recipe } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';
import { planOf } from '../../methods/methods';
import { TENSOR_INFO } from '../../words/tensors';
import type { AlignSubject, WithAlign } from '../state/align';
import type { ModelState, WithModel } from '../state/model';
import type { WithPicture } from '../state/picture';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { shownGap } from './gap';
import { partsOf } from './part';

type Needs = WithModel & WithRecipe & WithView;

/** The subject of the alignment on show; undefined without a model or a gap. */
export function subjectOf(state: Needs): AlignSubject | undefined {
  const gap = shownGap(state);
  if (gap === undefined) return undefined;
  const { recipe, view, model } = state;
  return subjectFor(model, { ...view, recipe: recipe.current, gap });
}

/** The subject of an alignment of this recipe; undefined without a model. A head it does not have is ignored. */
export function subjectFor(
  { info, id }: ModelState,
  {
    recipe,
    gap,
    tensor,
    part = null,
    against = NEXT,
  }: {
    readonly recipe: Recipe;
    readonly gap: number;
    readonly tensor: TensorName;
    readonly part?: number | null;
    readonly against?: Against;
  },
): AlignSubject | undefined {
  if (info === undefined) return undefined;
  const shown = part !== null && part < partsOf(recipe, tensor, info) ? part : null;
  const rows = shown === null ? TENSOR_INFO[tensor].rows(info) : info.headDim;
  const plan = planOf(recipe);
  const { method } = recipe;
  return { modelId: id, gap, tensor, part: shown, against, method, plan, rows, columns: rows };
}

/** Rows and columns of the matrix on show. */
export function matrixSize({
  align,
  picture,
}: WithAlign & WithPicture): { rows: number; columns: number } | undefined {
  return picture.shown?.subject ?? align.subject;
}
