import { type Solved, solve } from '../../transport/solve';
import { flowCost, flowSolver } from '../contract/matching';
import type { BlockContext } from '../contract/context';
import type { FeaturePair } from './features';
import type { TransportFlow } from '../contract/transport-flow';

/**
 * Whether what reads a unit (columns of o and down) is compared too: where it is kept, or where the recipe asks for it.
 * Activations already are what is read.
 */
export const comparesOutputs = ({
  zeroInit,
  structured,
  cost,
}: Pick<BlockContext, 'zeroInit' | 'structured' | 'cost'>): boolean =>
  cost.features === 'weights' && (!zeroInit || structured.down);

/** What the parts of a new block are made with, and how units are matched. */
export interface StructuredContext extends BlockContext {
  readonly flow: TransportFlow;
}

/** Solves transport between the units of two blocks. The plan reads `units` until it is freed. */
export const matchUnits = (context: StructuredContext, { a, b }: FeaturePair): Promise<Solved> =>
  solve(context.backend, a, b, flowSolver(context.flow, context), {
    cost: flowCost(context.flow, context.cost),
    signal: context.signal,
    solutions: context.solutions,
  });
