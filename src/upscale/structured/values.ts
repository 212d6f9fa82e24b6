import type { Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { Block } from '../../llama/block';
import { applyPlan, planMeasures } from '../../transport/plan';
import type { MakeContext } from '../methods/method';
import type { PlanSummary } from '../planned';
import { diagonal, gathered } from './blocks';
import { headRows, range } from './heads';
import type { HeadMatch } from './match';
import { comparesOutputs, matchUnits } from './unit-plan';
import { valueDimensions } from './units';

type Numbers = Omit<PlanSummary, 'gap' | 'tensor' | 'rows'>;

/**
 * Solves the plan of every group's value dimensions: Pᵀ `[h, h]` per group of the next block, the caller's to free,
 * and what became of them together.
 */
export async function valueMaps(
  context: MakeContext,
  next: Block,
  match: HeadMatch,
): Promise<{ maps: Tensor[]; summary: PlanSummary }> {
  const { backend, previous, config, gap, signal } = context;
  const { kvHeads, headDim } = config;
  const scope = new Scope(backend);
  try {
    const parents = { previous, next };
    const all = await valueDimensions(backend, parents, config, match, comparesOutputs(context), signal);
    scope.own(all.a);
    scope.own(all.b);
    const eye = scope.own(diagonal(backend, new Float32Array(headDim).fill(1)));
    const maps: Tensor[] = [];
    const numbers: Numbers[] = [];
    for (const group of range(kvHeads)) {
      signal?.throwIfAborted();
      const rows = headRows([group], headDim);
      const a = scope.own(gathered(backend, all.a, rows, 0));
      const b = scope.own(gathered(backend, all.b, rows, 0));
      const solved = await matchUnits(context, { a, b });
      try {
        const { plan, iterations, converged } = solved;
        maps.push(scope.own(await applyPlan(backend, plan, eye, 0, 'rescaled', signal)));
        const { planPerplexity, transportCost, marginalError } = await planMeasures(backend, plan, signal);
        numbers.push({ planPerplexity, transportCost, marginalError, iterations, converged });
      } finally {
        solved.free();
      }
      scope.free(a, b);
    }
    const summary: PlanSummary = { gap, tensor: 'self_attn.v_proj', rows: headDim, ...overHeads(numbers) };
    return { maps: maps.map((map) => scope.release(map)), summary };
  } finally {
    scope.free();
  }
}

/** Means over the heads' plans (of the logarithm for perplexities, as over the rows of one plan), and the longest solve. */
function overHeads(heads: readonly Numbers[]) {
  const mean = (of: (head: (typeof heads)[number]) => number): number =>
    heads.reduce((sum, head) => sum + of(head), 0) / heads.length;
  return {
    planPerplexity: Math.exp(mean(({ planPerplexity }) => Math.log(planPerplexity))),
    transportCost: mean(({ transportCost }) => transportCost),
    marginalError: mean(({ marginalError }) => marginalError),
    iterations: Math.max(...heads.map(({ iterations }) => iterations)),
    converged: heads.every(({ converged }) => converged),
  };
}
