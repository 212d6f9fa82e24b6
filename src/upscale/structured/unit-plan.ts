import { type SolveResult, solve } from '../../transport/solve';
import { flowCost, flowSolver } from '../contract/matching';
import type { BlockContext } from '../contract/context';
import type { FeaturePair } from './features';
import type { TransportFlow } from '../contract/transport-flow';

/**
 * True if the columns of o and down, which read a unit, are features too: if they are kept, or if the recipe asks for it.
 * Not for activations, because those already are the unit's output.
 */
export const comparesOutputs = ({
  zeroInit,
  structured,
  cost,
}: Pick<BlockContext, 'zeroInit' | 'structured' | 'cost'>): boolean =>
  cost.features === 'weights' && (!zeroInit || structured.down);

/** The input for making one part of a new block. */
export interface StructuredContext extends BlockContext {
  readonly flow: TransportFlow;
}

/** Solves transport between the units of two blocks. Keep `a` and `b` until the plan is freed, because it reads them. */
export const matchUnits = (context: StructuredContext, { a, b }: FeaturePair): Promise<SolveResult> =>
  solve(context.backend, a, b, flowSolver(context.flow, context), {
    cost: flowCost(context.flow, context.cost),
    signal: context.signal,
    solutions: context.solutions,
  });
