import type { TransportFlow, SolverKind } from '../contract/transport-flow';
import { solverKind } from '../contract/transport-flow';
import { flowOf } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '.';

/** What a recipe comes to where it leaves a choice to its method. */

/** The output projections of what a recipe adds are zeroed when it says so, or its method does. */
export const zeroInitOf = ({ method, zeroInit }: Pick<ExpandRecipe, 'method' | 'zeroInit'>): boolean =>
  zeroInit === 'method' ? methodOf(method).zeroInit : zeroInit;

/** How a recipe's plans are solved; undefined for a method without plans. */
export function solverOf({
  method,
  solver,
}: Pick<ExpandRecipe, 'method' | 'solver'>): SolverKind | undefined {
  const flow = flowOf(methodOf(method));
  return flow && solverKind(flow, solver);
}

/** The kind of plan a recipe makes, before any is solved. */
export function planOf(recipe: Pick<ExpandRecipe, 'method' | 'solver'>): TransportFlow['plan'] | 'none' {
  const solver = solverOf(recipe);
  return solver === undefined ? 'none' : solver === 'exact' ? 'permutation' : 'entropic';
}

/** Whether a recipe's costs are between activations: it asks for them, and its method has costs. */
export const comparesActivations = ({ method, cost }: Pick<ExpandRecipe, 'method' | 'cost'>): boolean =>
  cost.features === 'activations' && flowOf(methodOf(method)) !== undefined;
