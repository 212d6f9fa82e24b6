import type { TransportFlow, SolverKind } from '../contract/transport-flow';
import { solverKind } from '../contract/transport-flow';
import { flowOf } from '../contract/method';
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
