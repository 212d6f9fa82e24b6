import type { Backend } from '../../backend/operations';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { CostMatrix, type CostOptions } from '../../transport/cost';
import type { Solver } from '../../transport/solve';
import { Alignment } from './alignment';
import { alignments } from './alignments';
import type { Job, JobContext } from '../workspace/context';
import type { JobName } from '../jobs';
import type { History } from './history';
import { solveAlignment } from './solve';
import { Workspace } from '../workspace/workspace';
import { MemoryByteStore } from '../environment/byte-store';

/** A matrix, row-major. */
export interface Points {
  readonly values: Float64Array;
  readonly rows: number;
}

interface Problem {
  readonly key?: string;
  readonly a: Points;
  readonly b: Points;
  readonly solver?: Solver;
  readonly cost?: CostOptions;
  readonly recipe?: Recipe;
  readonly history?: History;
}

export const SILENT: JobContext = { signal: undefined, emit: () => undefined };

/** Sinkhorn at a given ε. */
export const entropic = (epsilon: number, maxIterations = 100): Solver => ({
  kind: 'entropic',
  epsilon,
  tolerance: 1e-6,
  maxIterations,
});

/** Opens a workspace on this backend, without a model. */
export const workspaceOn = (backend: Backend): Promise<Workspace> =>
  Workspace.open(
    {
      byteStore: new MemoryByteStore(),
      openBackend: async () => backend,
      files: () => {
        throw new Error('no files in this test');
      },
      destination: () => Promise.reject(new Error('nothing is written in this test')),
      text: () => Promise.reject(new Error('no texts in this test')),
      keptFolders: () => Promise.reject(new Error('nothing is kept in this test')),
    },
    backend.info.kind,
    undefined,
  );

/** Adds a solved alignment of synthetic rows to the workspace. */
export async function solved(workspace: Workspace, problem: Problem): Promise<Alignment> {
  const alignment = await unsolved(workspace, problem);
  await solveAlignment(alignment, performance.now(), SILENT);
  return alignment;
}

/** Adds an alignment of synthetic rows to the workspace without solving it. */
export async function unsolved(
  workspace: Workspace,
  { key = 'made up', a, b, solver, cost: options, recipe = DEFAULT_RECIPE, history }: Problem,
): Promise<Alignment> {
  const { backend } = workspace;
  const upload = ({ values, rows }: Points) =>
    backend.upload(Float32Array.from(values), [rows, values.length / rows], 'f32', 'points');
  const inputs = { a: upload(a), b: upload(b) };
  const cost = await CostMatrix.build(backend, inputs.a, inputs.b, options);
  const asked = { key, recipe, gap: 0, tensor: 'mlp.up_proj' } as const;
  const free = (): void => backend.free(inputs.a, inputs.b);
  const alignment = new Alignment(backend, { spec: asked, solver, ...inputs, free }, cost, history);
  workspace.get(alignments).add(alignment);
  return alignment;
}

/** Returns a function that runs a job on a workspace. */
export const runner =
  (workspace: Workspace) =>
  <N extends JobName>(job: Job<N>, args: Parameters<Job<N>>[1]): ReturnType<Job<N>> =>
    job(workspace, args, SILENT) as ReturnType<Job<N>>;
