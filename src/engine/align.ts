import type { Recipe } from '../recipe/schema';
import { parseRecipe } from '../recipe/schema';
import { CostMatrix } from '../transport/cost';
import { type PlanMeasures, planMeasures } from '../transport/plan';
import { Sinkhorn } from '../transport/sinkhorn';
import { type AlignmentProblem, alignmentProblem } from '../upscale/alignment';
import { Alignment } from './alignment';
import type { Job, JobContext } from './context';
import { progress } from './context';
import { RequestError, throwIfAborted } from './errors';
import { type AlignRequest, type AlignResult, PLANNED_TENSORS } from './jobs';
import type { OpenModel } from './model';
import { Recorder } from './recorder';
import type { Workspace } from './workspace';
import { pacer } from './yield';

/** Largest cost matrix that is kept; a larger one is computed again at every visit. */
const COST_BYTES = 256 * 2 ** 20;
/** Up to this many rows the exact assignment is found along with the rest, in well under a second. */
const EXACT_AT_ONCE = 512;
/** Frames are sent no more often than a screen shows them. */
const FRAME_MS = 12;
/** How long to compute before pictures that were asked for meanwhile are answered. */
const SLICE_MS = 8;

type Solution = Pick<
  AlignResult,
  | 'plan'
  | 'halfSteps'
  | 'iterations'
  | 'converged'
  | 'errors'
  | 'planPerplexity'
  | 'transportCost'
  | 'marginalError'
> & { readonly argmax: Uint32Array };

/** Solves one tensor's problem and keeps it for pictures and cells. One that is still held is answered at once. */
export const align: Job<'align'> = async (workspace, request, context) => {
  const recipe = parseRecipe(request.recipe);
  const key = keyOf(workspace.model, recipe, request);
  const held = workspace.alignments.get(key)?.result;
  if (held) return copyOf(held);

  const started = performance.now();
  const alignment = await pose(workspace, recipe, request, key, context.signal);
  workspace.alignments.add(alignment);
  try {
    const result = await alignment.pinned(async (): Promise<AlignResult> => {
      const solution = await solve(alignment, recipe, context);
      const { rows, columns, inputs, exact } = alignment;
      return {
        key,
        gap: inputs.request.gap,
        tensor: inputs.request.tensor,
        method: recipe.method,
        rows,
        columns,
        epsilon: recipe.solver.epsilon,
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
function keyOf(model: OpenModel, { method, solver, seed }: Recipe, { gap, tensor }: AlignRequest): string {
  const { epsilon, tolerance, maxIterations } = solver;
  return [model.id, gap, tensor, method, epsilon, tolerance, maxIterations, seed].join(' ');
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
  { gap, tensor }: AlignRequest,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Alignment> {
  const { backend, weights, alignments } = workspace;
  const { method, solver, seed } = recipe;
  if (!PLANNED_TENSORS.includes(tensor)) {
    throw new RequestError(`align: expected a tensor among ${PLANNED_TENSORS.join(', ')}, got ${tensor}`);
  }
  const problem = await alignmentProblem(backend, weights, { method, gap, tensor, solver, seed }, { signal });
  try {
    const { a, b } = problem;
    alignments.makeRoom(Math.min(COST_BYTES, 4 * (a.shape[0] ?? 1) * (b.shape[0] ?? 1)));
    const cost = await CostMatrix.build(backend, a, b, { budgetBytes: COST_BYTES, signal });
    const request = { recipe, gap, tensor };
    return new Alignment(key, backend, { request, plan: planOf(problem), a, b, free: problem.free }, cost);
  } catch (error) {
    problem.free();
    throw error;
  }
}

function planOf({ solver }: AlignmentProblem): AlignResult['plan'] {
  if (!solver) return 'none';
  return solver.kind === 'exact' ? 'permutation' : 'entropic';
}

async function solve(alignment: Alignment, recipe: Recipe, context: JobContext): Promise<Solution> {
  const { plan } = alignment.inputs;
  if (plan === 'entropic') return solveEntropic(alignment, recipe, context);
  const common = { plan, halfSteps: 0, iterations: 0, converged: true, errors: [] };
  const { rows, columns, backend } = alignment;
  if (plan === 'none') {
    if (rows <= EXACT_AT_ONCE) await alignment.solveExactly(context.signal);
    const nothing = { planPerplexity: Number.NaN, transportCost: Number.NaN, marginalError: Number.NaN };
    return { ...common, ...nothing, argmax: await cheapestColumns(alignment, context.signal) };
  }
  const exact = await alignment.solveExactly(context.signal, progress(context, 'Exact assignment'));
  const { assignment, cost: transportCost } = exact;
  const measures = await planMeasures(backend, { kind: 'permutation', assignment, columns, transportCost });
  return { ...common, ...measured(measures) };
}

async function solveEntropic(
  alignment: Alignment,
  { solver, seed }: Recipe,
  { signal, emit }: JobContext,
): Promise<Solution> {
  const { backend, cost, key } = alignment;
  const sinkhorn = new Sinkhorn(backend, cost, { ...solver, seed });
  try {
    const recorder = new Recorder(alignment, sinkhorn);
    const pause = pacer(SLICE_MS);
    let framed = -Infinity;
    const frame = (): void => {
      const now = performance.now();
      if (now - framed < FRAME_MS && !sinkhorn.done) return;
      framed = now;
      const marginalError = recorder.errors.at(-1) ?? Number.NaN;
      const { halfSteps: halfStep, epsilon } = sinkhorn;
      emit({ type: 'frame', frame: { key, halfStep, marginalError, epsilon } });
    };
    await recorder.start();
    frame();
    while (!sinkhorn.done) {
      throwIfAborted(signal);
      await recorder.halfStep();
      frame();
      await pause();
    }
    const measures = await planMeasures(
      backend,
      { kind: 'entropic', cost, potentials: sinkhorn.potentials },
      signal,
    );
    if (alignment.rows <= EXACT_AT_ONCE) await alignment.solveExactly(signal);
    const { halfSteps, iterations, converged } = sinkhorn;
    return {
      plan: 'entropic',
      halfSteps,
      iterations,
      converged,
      errors: recorder.errors,
      ...measured(measures),
    };
  } finally {
    sinkhorn.free();
  }
}

const measured = ({ planPerplexity, transportCost, marginalError, argmax }: PlanMeasures) => ({
  planPerplexity,
  transportCost,
  marginalError,
  argmax,
});

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
