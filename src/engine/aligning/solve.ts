import { planMeasures } from '../../transport/plan';
import type { Alignment } from './alignment';
import type { JobContext } from '../workspace/context';
import { progress } from '../workspace/context';
import { MAX_EAGER_EXACT_ROWS, iterate, pickMeasures, type Solution } from './iterate';
import type { AlignResult } from '../jobs';
import { nearestColumns } from './nearest';
import { now } from '../../now';

/**
 * Solves an alignment and stores the result in it.
 * @param started `now()` when the job began.
 */
export function solveAlignment(
  alignment: Alignment,
  started: number,
  context: JobContext,
): Promise<AlignResult> {
  return alignment.pinned(async () => {
    const solution = await solutionOf(alignment, context);
    const { key, rows, columns, cost, exact, isContinuation, backend } = alignment;
    const { gap, tensor, recipe } = alignment.inputs.spec;
    alignment.result = {
      key,
      gap,
      tensor,
      method: recipe.method,
      rows,
      columns,
      ...solution,
      costMean: cost.mean,
      costDeviation: cost.standardDeviation,
      ...(exact ? { exactCost: exact.cost, assignment: exact.assignment } : {}),
      milliseconds: now() - started,
      backend: backend.info.kind,
      ...(isContinuation ? { continued: true } : {}),
    };
    return alignment.result;
  });
}

async function solutionOf(alignment: Alignment, context: JobContext): Promise<Solution> {
  const { solver } = alignment.inputs;
  if (alignment.method) return iterate(alignment, context);
  const common = { halfSteps: 0, iterations: 0, epsilon: 0, converged: true, errors: [] };
  const { rows, columns, backend } = alignment;
  if (!solver) {
    if (rows <= MAX_EAGER_EXACT_ROWS) await alignment.solveExactly(context.signal);
    const nothing = { planPerplexity: Number.NaN, transportCost: Number.NaN, marginalError: Number.NaN };
    const argmax = (await nearestColumns(alignment, context.signal)).columns;
    return { plan: 'none', ...common, ...nothing, argmax };
  }
  const exact = await alignment.solveExactly(context.signal, progress(context, 'Exact assignment'));
  const { assignment, cost: transportCost } = exact;
  const measures = await planMeasures(backend, { kind: 'permutation', assignment, columns, transportCost });
  return { plan: 'permutation', ...common, ...pickMeasures(measures) };
}
