import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { applyPlan, planMeasures } from '../../transport/plan';
import type { SolveResult } from '../../transport/solve';
import type { PlanSummary } from '../block/planned';
import { diagonal, gatherRows } from './move';
import type { FeaturePair } from './features';
import { headRows, range } from './heads';

type Numbers = Omit<PlanSummary, 'gap' | 'tensor' | 'rows'>;

interface HeadPlanOptions {
  readonly heads: number;
  readonly headDim: number;
  /** `rescaled`: P = n·T with n = headDim. 1: the plan T. */
  readonly scale: 'rescaled' | 1;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Solves one plan per head between rows `[heads · h, k]` whose heads are already in the next block's order.
 * @returns Pᵀ `[h, h]` per head, owned by the caller, and the summary of all heads' plans.
 */
export async function headPlans(
  backend: Backend,
  rows: FeaturePair,
  solve: (head: FeaturePair) => Promise<SolveResult>,
  { heads, headDim, scale, signal }: HeadPlanOptions,
): Promise<{ maps: Tensor[]; numbers: Numbers }> {
  const scope = new Scope(backend);
  try {
    const eye = scope.own(diagonal(backend, new Float32Array(headDim).fill(1)));
    const maps: Tensor[] = [];
    const numbers: Numbers[] = [];
    for (const head of range(heads)) {
      signal?.throwIfAborted();
      const of = headRows([head], headDim);
      const a = scope.own(gatherRows(backend, rows.a, of, 0));
      const b = scope.own(gatherRows(backend, rows.b, of, 0));
      const solved = await solve({ a, b });
      try {
        const { plan, iterations, converged } = solved;
        maps.push(scope.own(await applyPlan(backend, plan, eye, 0, scale, signal)));
        const { planPerplexity, transportCost, marginalError } = await planMeasures(backend, plan, signal);
        numbers.push({ planPerplexity, transportCost, marginalError, iterations, converged });
      } finally {
        solved.free();
      }
      scope.free(a, b);
    }
    return { maps: maps.map((map) => scope.release(map)), numbers: meanNumbers(numbers) };
  } finally {
    scope.free();
  }
}

/** Means over the heads' plans (geometric for perplexities, as over the rows of one plan) and the most iterations. */
function meanNumbers(heads: readonly Numbers[]): Numbers {
  const mean = (of: (head: Numbers) => number): number =>
    heads.reduce((sum, head) => sum + of(head), 0) / heads.length;
  return {
    planPerplexity: Math.exp(mean(({ planPerplexity }) => Math.log(planPerplexity))),
    transportCost: mean(({ transportCost }) => transportCost),
    marginalError: mean(({ marginalError }) => marginalError),
    iterations: Math.max(...heads.map(({ iterations }) => iterations)),
    converged: heads.every(({ converged }) => converged),
  };
}
