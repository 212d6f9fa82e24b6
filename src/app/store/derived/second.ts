import type { ModelInfo } from '../../../engine/jobs';
import { type Against, againstText } from '../../../recipe/against';
import type { Recipe } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';
import { TENSORS } from '../../../recipe/view';
import { fillsGaps, hasTwoParents } from '../../methods/gaps';
import { TENSOR_INFO } from '../../words/tensors';
import type { WithAlign } from '../state/align';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithSecond } from '../state/second';
import type { WithView } from '../state/view';
import { shownGap } from './gap';
import { shownHalfStep } from './half-step';

type Needs = WithModel & WithRecipe & WithView;

/** The choices of the second alignment. */
export interface SecondChoice {
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: TensorName;
  readonly against: Against;
}

/** Tensors with the same number of rows, whose pictures can be compared cell by cell. */
export function tensorsLike(tensor: TensorName, model: ModelInfo): TensorName[] {
  const rows = TENSOR_INFO[tensor].rows(model);
  return TENSORS.filter((other) => TENSOR_INFO[other].rows(model) === rows);
}

/** The chosen second alignment. A choice that is not possible is replaced by that of the first. */
export function secondChoice(state: Needs): SecondChoice | undefined {
  const { info } = state.model;
  const gap = shownGap(state);
  if (info === undefined || gap === undefined) return undefined;
  const { second, tensor } = state.view;
  const current = state.recipe.current;
  const method = second.method !== null && fillsGaps(second.method) ? second.method : current.method;
  const epsilon = second.epsilon ?? current.solver.epsilon;
  const like = second.tensor !== null && tensorsLike(tensor, info).includes(second.tensor);
  return {
    recipe: { ...current, method, solver: { ...current.solver, epsilon } },
    gap: second.gap !== null && hasTwoParents(current, second.gap, info.layers) ? second.gap : gap,
    tensor: like ? second.tensor : tensor,
    against: second.against ?? state.view.against,
  };
}

/** True if the columns of the second alignment are other neurons than the first's, so that it needs an order of its own. */
export const hasOwnOrder = ({ align, second }: WithAlign & WithSecond): boolean =>
  align.subject !== undefined &&
  second.subject !== undefined &&
  againstText(align.subject.against) !== againstText(second.subject.against);

/** The half-step of the second plan: the same as in the first, or its last if its solve was shorter. */
export function secondHalfStep(state: WithAlign & WithView & WithSecond): number {
  const last = state.second.result?.halfSteps ?? 0;
  return state.view.halfStep === null ? last : Math.min(shownHalfStep(state), last);
}
