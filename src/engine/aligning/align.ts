import { digest } from '../../digest';
import { againstText, NEXT } from '../../recipe/against';
import { parseRecipe } from '../../upscale/recipe';
import { CostMatrix } from '../../transport/cost';
import { alignmentProblem } from '../../upscale/expanding/alignment';
import { Alignment, type AlignmentSpec } from './alignment';
import { alignments } from './alignments';
import type { Job, JobContext } from '../workspace/context';
import { RequestError } from '../jobs/errors';
import { features } from '../models/features';
import { type AlignRequest, type AlignResult, PLANNED_TENSORS } from '../jobs';
import { solveAlignment } from './solve';
import type { Workspace } from '../workspace/workspace';
import { now } from '../../now';

/** Largest cost matrix that is stored; a larger one is recomputed in every pass. */
const COST_BYTES = 256 * 2 ** 20;

/** Solves the transport problem of one tensor and caches it. A cached result is returned at once. */
export const align: Job<'align'> = async (workspace, request, context) => {
  const spec = specOf(workspace, request);
  const held = workspace.get(alignments).get(spec.key)?.result;
  return held ? copyOf(held) : solve(workspace, spec, context);
};

async function solve(workspace: Workspace, spec: AlignmentSpec, context: JobContext): Promise<AlignResult> {
  const started = now();
  const alignment = await build(workspace, spec, context);
  workspace.get(alignments).add(alignment);
  try {
    return copyOf(await solveAlignment(alignment, started, context));
  } catch (error) {
    workspace.get(alignments).remove(alignment);
    throw error;
  }
}

/**
 * Returns the alignment of a key, solved again if it was lost with a device.
 * @throws AlignmentGoneError if it was evicted or never made.
 */
export async function alignmentOf(
  workspace: Workspace,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Alignment> {
  const kept = workspace.get(alignments);
  const spec = kept.lost.get(key);
  if (spec && !kept.get(key)) await solve(workspace, spec, { signal, emit: () => undefined });
  return kept.require(key);
}

/** Returns the spec of a request, with the potentials to start from if they are known. */
function specOf(workspace: Workspace, request: AlignRequest): AlignmentSpec {
  const { gap, tensor, part, against = NEXT, from } = request;
  const recipe = parseRecipe(request.recipe);
  const start = from && workspace.get(alignments).potentialsOf(from.key);
  const { method, solver, cost, parents, structured, zeroInit, seed } = recipe;
  const settings = JSON.stringify([solver, cost, parents[gap], structured, zeroInit]);
  // Everything the result depends on, except the backend, because a workspace has only one.
  const place = [gap, tensor, part ?? 'all', againstText(against)];
  const key = [workspace.model.id, ...place, method, settings, seed].join(' ');
  const own = { recipe, gap, tensor, against, ...(part === undefined ? {} : { part }) };
  if (!from || !start) return { key, ...own };
  return { key: `${key} from ${digest(`${from.key} ${start.halfStep}`)}`, ...own, start };
}

/** Copies the arrays, because those of the returned result are transferred to another thread. */
const copyOf = (result: AlignResult): AlignResult => ({
  ...result,
  argmax: result.argmax.slice(),
  ...(result.assignment ? { assignment: result.assignment.slice() } : {}),
});

async function build(workspace: Workspace, spec: AlignmentSpec, context: JobContext): Promise<Alignment> {
  const { recipe, gap, tensor, part, against } = spec;
  const { signal, emit } = context;
  const { backend, weights } = workspace;
  if (!PLANNED_TENSORS.includes(tensor)) {
    throw new RequestError(`align: expected a tensor among ${PLANNED_TENSORS.join(', ')}, got ${tensor}`);
  }
  const problem = await workspace
    .get(features)
    .useFor(recipe, { signal, onProgress: (progress) => emit({ type: 'progress', progress }) }, (found) =>
      alignmentProblem(
        backend,
        weights,
        { ...recipe, gap, tensor, part, against },
        { signal, features: found },
      ),
    );
  try {
    const { a, b } = problem;
    checkStart(spec, a.shape[0] ?? 0, b.shape[0] ?? 0);
    workspace.get(alignments).makeRoom(Math.min(COST_BYTES, 4 * (a.shape[0] ?? 1) * (b.shape[0] ?? 1)));
    const cost = await CostMatrix.build(backend, a, b, {
      cost: problem.cost,
      budgetBytes: COST_BYTES,
      signal,
    });
    return new Alignment(backend, { spec, solver: problem.solver, a, b, free: problem.free }, cost);
  } catch (error) {
    problem.free();
    throw error;
  }
}

function checkStart({ start }: AlignmentSpec, rows: number, columns: number): void {
  if (!start || (start.f.length === rows && start.g.length === columns)) return;
  throw new RequestError(
    `align: expected potentials of ${rows} × ${columns} neurons to go on from, got ${start.f.length} × ${start.g.length}. ` +
      'Start from an alignment of the same tensor.',
  );
}
