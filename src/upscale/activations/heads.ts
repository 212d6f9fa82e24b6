import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { assign } from '../../transport/assignment';
import { CostMatrix } from '../../transport/cost';
import type { CostSettings } from '../../transport/cost-settings';
import { groupCosts } from '../../transport/group-costs';
import { solve } from '../../transport/solve';
import type { BlockAssembly } from '../block/assembly';
import { blockTensor } from '../block/block-tensor';
import { companionsOf } from '../block/companions';
import type { TransportFlow } from '../contract/transport-flow';
import { flowCost, flowSolver } from '../contract/matching';
import type { BlockContext, Problem } from '../contract/context';
import type { PlannedTensor } from '../block/planned';
import { gatherRows, moveRows } from '../structured/move';
import type { FeaturePair } from '../structured/features';
import { headPlans } from '../structured/head-plans';
import { checkHead, headRows } from '../structured/heads';
import { problem } from '../structured/problem';

/** Rows of two tensors with heads, and the cost between rows. */
interface HeadRows extends FeaturePair {
  readonly heads: number;
  readonly headDim: number;
  readonly cost: CostSettings;
}

/**
 * Assigns a head of `a` to every head of `b`, exactly. The cost of two heads is the mean cost of the best assignment of
 * their rows.
 * @throws TransportError; AbortError.
 */
async function assignHeads(
  backend: Backend,
  { a, b, heads, cost: settings }: HeadRows,
  signal: AbortSignal | undefined,
): Promise<Uint32Array> {
  const cost = await CostMatrix.build(backend, a, b, { cost: settings, signal });
  try {
    const { distances } = await groupCosts(backend, cost, heads, { signal });
    const { assignment } = await assign(distances, heads, heads, { signal });
    const source = new Uint32Array(heads);
    for (const [from, to] of assignment.entries()) source[to] = from;
    return source;
  } finally {
    cost.free();
  }
}

/** Reorders the heads of `a` to match those of `b` (`source`: the head of `a` for each of `b`). The caller frees `ordered`. */
async function reorderHeads(
  backend: Backend,
  rows: HeadRows,
  signal?: AbortSignal,
): Promise<{ ordered: Tensor; source: Uint32Array }> {
  const source = await assignHeads(backend, rows, signal);
  return { ordered: gatherRows(backend, rows.a, headRows(source, rows.headDim), 0), source };
}

/**
 * Fuses q, k or v by activations: assigns whole heads, then solves one plan per pair of heads. The summary covers all these
 * plans; its `rows` is the number of rows of one head.
 */
export async function fuseHeads(
  context: BlockContext,
  assembly: BlockAssembly,
  compared: FeaturePair,
  { tensor, heads, flow }: { tensor: PlannedTensor; heads: number; flow: TransportFlow },
): Promise<void> {
  const { backend, previous, config, gap, signal } = context;
  const { headDim } = config;
  const cost = flowCost(flow, context.cost);
  const scope = new Scope(backend);
  try {
    const { ordered, source } = await reorderHeads(backend, { ...compared, heads, headDim, cost }, signal);
    const rows = { a: scope.own(ordered), b: compared.b };
    const solver = flowSolver(flow, context);
    const { maps, numbers } = await headPlans(
      backend,
      rows,
      ({ a, b }) => solve(backend, a, b, solver, { cost, signal, solutions: context.solutions }),
      { heads, headDim, scale: flow.rescaled ? 'rescaled' : 1, signal },
    );
    for (const map of maps) scope.own(map);
    assembly.addPlan({ gap, tensor, rows: headDim, ...numbers });
    const keys = [`${tensor}.weight`, ...companionsOf(config, tensor)];
    for (const key of keys.filter((name) => previous.has(name))) {
      const moved = scope.own(await moveRows(backend, blockTensor(previous, key), { headDim, source, maps }));
      await assembly.fuse(key, moved, blockTensor(assembly.next, key));
      scope.free(moved);
    }
  } finally {
    scope.free();
  }
}

/**
 * Builds the problem of q, k or v by activations. Without `part`: all rows, with the heads of `a` ordered and no single
 * plan. With `part`: the rows of this head of the next block, which have a plan.
 * @throws UpscaleError if the head does not exist.
 */
export async function headsProblem(
  backend: Backend,
  rows: HeadRows,
  {
    tensor,
    part,
    signal,
  }: { tensor: PlannedTensor; part: number | undefined; signal?: AbortSignal | undefined },
): Promise<Problem> {
  if (part !== undefined) checkHead(tensor, part, rows.heads);
  const scope = new Scope(backend);
  try {
    const { ordered } = await reorderHeads(backend, rows, signal);
    scope.own(ordered);
    if (part === undefined)
      return problem(backend, { a: scope.release(ordered), b: rows.b }, [ordered], false);
    const head = headRows([part], rows.headDim);
    const a = scope.own(gatherRows(backend, ordered, head, 0));
    const b = scope.own(gatherRows(backend, rows.b, head, 0));
    return problem(backend, { a: scope.release(a), b: scope.release(b) }, [a, b], true);
  } finally {
    scope.free();
  }
}
