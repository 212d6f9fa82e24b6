import type { Recipe } from '../recipe/schema';
import { parseRecipe } from '../recipe/schema';
import { CostMatrix } from '../transport/cost';
import { planMeasures } from '../transport/plan';
import { alignmentProblem } from '../upscale/alignment';
import { Alignment } from './alignment';
import type { Job, JobContext } from './context';
import { progress } from './context';
import { RequestError } from './errors';
import { EXACT_AT_ONCE, iterate, measured, type Solution } from './iterate';
import { type AlignRequest, type AlignResult, PLANNED_TENSORS } from './jobs';
import type { OpenModel } from './model';
import type { Workspace } from './workspace';

/** Largest cost matrix that is kept; a larger one is computed again at every visit. */
const COST_BYTES = 256 * 2 ** 20;

/** Solves one tensor's problem and keeps it for pictures and cells. One that is still held is answered at once. */
export const align: Job<'align'> = async (workspace, request, context) => {
  const recipe = parseRecipe(request.recipe);
  const key = keyOf(workspace.model, recipe, request);
  const held = workspace.alignments.get(key)?.result;
  if (held) return copyOf(held);

  const started = performance.now();
  const alignment = await pose(workspace, recipe, request, key, context);
  workspace.alignments.add(alignment);
  try {
    const result = await alignment.pinned(async (): Promise<AlignResult> => {
      const solution = await solve(alignment, context);
      const { rows, columns, inputs, exact } = alignment;
      return {
        key,
        gap: inputs.request.gap,
        tensor: inputs.request.tensor,
        method: recipe.method,
        rows,
        columns,
        ...solution,
        ...(exact ? { exactCost: exact.cost, assignment: exact.assignment } : {}),
        milliseconds: performance.now() - started,
        backend: workspace.summary.kind,
      };
    });
    alignment.result = result;
    return copyOf(result);
  } catch (error) {
    workspace.alignments.remove(alignment);
    throw error;
  }
};

/**
 * The alignment of a key. One that went with a lost device is made again first.
 * @throws AlignmentGoneError when it was dropped or never made.
 */
export async function alignmentOf(
  workspace: Workspace,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Alignment> {
  const { alignments } = workspace;
  const request = alignments.lost.get(key);
  if (request && !alignments.get(key)) await align(workspace, request, { signal, emit: () => undefined });
  return alignments.require(key);
}

/** Everything the numbers of an alignment depend on, but for the backend, whose workspace holds no other's. */
function keyOf(model: OpenModel, recipe: Recipe, { gap, tensor, part }: AlignRequest): string {
  const { method, solver, cost, parents, structured, zeroInit, seed } = recipe;
  const settings = JSON.stringify([solver, cost, parents[gap], structured, zeroInit]);
  return [model.id, gap, tensor, part ?? 'all', method, settings, seed].join(' ');
}

/** The caller's own arrays: those of a kept result must survive being moved to another thread. */
const copyOf = (result: AlignResult): AlignResult => ({
  ...result,
  argmax: result.argmax.slice(),
  ...(result.assignment ? { assignment: result.assignment.slice() } : {}),
});

async function pose(
  workspace: Workspace,
  recipe: Recipe,
  { gap, tensor, part }: AlignRequest,
  key: string,
  context: JobContext,
): Promise<Alignment> {
  const { signal, emit } = context;
  const { backend, weights, alignments, features } = workspace;
  if (!PLANNED_TENSORS.includes(tensor)) {
    throw new RequestError(`align: expected a tensor among ${PLANNED_TENSORS.join(', ')}, got ${tensor}`);
  }
  const problem = await features.useFor(
    recipe,
    { signal, onProgress: (progress) => emit({ type: 'progress', progress }) },
    (found) =>
      alignmentProblem(backend, weights, { ...recipe, gap, tensor, part }, { signal, features: found }),
  );
  try {
    const { a, b } = problem;
    alignments.makeRoom(Math.min(COST_BYTES, 4 * (a.shape[0] ?? 1) * (b.shape[0] ?? 1)));
    const cost = await CostMatrix.build(backend, a, b, {
      cost: problem.cost,
      budgetBytes: COST_BYTES,
      signal,
    });
    const request = { recipe, gap, tensor, ...(part === undefined ? {} : { part }) };
    return new Alignment(key, backend, { request, solver: problem.solver, a, b, free: problem.free }, cost);
  } catch (error) {
    problem.free();
    throw error;
  }
}

async function solve(alignment: Alignment, context: JobContext): Promise<Solution> {
  const { solver } = alignment.inputs;
  if (solver && solver.kind !== 'exact') return iterate(alignment, solver, context);
  const common = { halfSteps: 0, iterations: 0, epsilon: 0, converged: true, errors: [] };
  const { rows, columns, backend } = alignment;
  if (!solver) {
    if (rows <= EXACT_AT_ONCE) await alignment.solveExactly(context.signal);
    const nothing = { planPerplexity: Number.NaN, transportCost: Number.NaN, marginalError: Number.NaN };
    const argmax = await cheapestColumns(alignment, context.signal);
    return { plan: 'none', ...common, ...nothing, argmax };
  }
  const exact = await alignment.solveExactly(context.signal, progress(context, 'Exact assignment'));
  const { assignment, cost: transportCost } = exact;
  const measures = await planMeasures(backend, { kind: 'permutation', assignment, columns, transportCost });
  return { plan: 'permutation', ...common, ...measured(measures) };
}

/** Column of the least cost in every row: the best match where no plan decides. */
async function cheapestColumns(
  { backend, cost, rows, columns }: Alignment,
  signal: AbortSignal | undefined,
): Promise<Uint32Array> {
  const cheapest = new Uint32Array(rows);
  await cost.forEach(async (band) => {
    const costs = await backend.read(band.cost);
    for (let row = 0; row < band.rows; row++) {
      let least = Infinity;
      for (let column = 0; column < columns; column++) {
        const value = costs[row * columns + column] ?? Number.NaN;
        if (!(value < least)) continue;
        least = value;
        cheapest[band.rowStart + row] = column;
      }
    }
  }, signal);
  return cheapest;
}
