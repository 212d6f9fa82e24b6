import { type Solved, solve } from '../../transport/solve';
import { flowCost, flowSolver } from '../contract/flow';
import type { MakeContext } from '../contract/method';
import type { Features } from './features';
import { FLOW } from './flow';

/**
 * Whether what reads a unit (columns of o and down) is compared too: where it is kept, or where the recipe asks for it.
 * Activations already are what is read.
 */
export const comparesOutputs = ({
  zeroInit,
  structured,
  cost,
}: Pick<MakeContext, 'zeroInit' | 'structured' | 'cost'>): boolean =>
  cost.features === 'weights' && (!zeroInit || structured.down);

/** Solves transport between the units of two blocks. The plan reads `units` until it is freed. */
export const matchUnits = (context: MakeContext, { a, b }: Features): Promise<Solved> =>
  solve(context.backend, a, b, flowSolver(FLOW, context), {
    cost: flowCost(FLOW, context.cost),
    signal: context.signal,
    solutions: context.solutions,
  });
