import type { TransportFlow, SolverKind } from '../contract/transport-flow';
import { solverKind } from '../contract/transport-flow';
import { flowOf, isLayout } from '../contract/method';
import type { PlannedTensor } from '../block/planned';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '.';

/** Resolve settings that a recipe leaves to its method. */

/** True if the output projections of new blocks and copies are zeroed. */
export const zeroInitOf = ({ method, zeroInit }: Pick<ExpandRecipe, 'method' | 'zeroInit'>): boolean =>
  zeroInit === 'method' ? methodOf(method).zeroInit : zeroInit;

/** Returns the solver of a recipe's plans, or undefined for a method without plans. */
export function solverOf({
  method,
  solver,
}: Pick<ExpandRecipe, 'method' | 'solver'>): SolverKind | undefined {
  const flow = flowOf(methodOf(method));
  return flow && solverKind(flow, solver);
}

/** Returns the kind of plan that a recipe makes, without solving one. */
export function planOf(recipe: Pick<ExpandRecipe, 'method' | 'solver'>): TransportFlow['plan'] | 'none' {
  const solver = solverOf(recipe);
  return solver === undefined ? 'none' : solver === 'exact' ? 'permutation' : 'entropic';
}

/** True if a recipe compares activations: it selects them, and its method has plans. */
export const comparesActivations = ({ method, cost }: Pick<ExpandRecipe, 'method' | 'cost'>): boolean =>
  cost.features === 'activations' && flowOf(methodOf(method)) !== undefined;

/**
 * Says in a sentence why nothing but the next block's own rows can be compared with the rows of a tensor: there is no null and no
 * shuffled copy. Undefined where there is.
 */
export function noNullReason(
  recipe: Pick<ExpandRecipe, 'method' | 'cost'>,
  tensor: PlannedTensor,
): string | undefined {
  if (comparesActivations(recipe))
    return 'Activations have no null: to shuffle them is to shuffle the tokens of a text, and what all neurons share at a token would be lost with what two of them share.';
  const method = methodOf(recipe.method);
  if (isLayout(method) || !method.problem || !tensor.startsWith('self_attn.')) return undefined;
  return 'Whole heads are matched here, and their rows keep their places: there is no match of single neurons to compare with a null.';
}
