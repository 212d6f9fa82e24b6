import type { Backend, Tensor } from '../backend/operations';
import { matrix } from '../backend/shape';
import { assign } from '../transport/assignment';
import { CostMatrix } from '../transport/cost';
import type { CostSettings } from '../transport/cost-settings';
import { nullRows } from '../transport/null-rows';
import { planMeasures } from '../transport/plan';
import { iterativeSolver } from '../transport/solve';
import { blockTensor } from '../upscale/block/block-tensor';
import { type BlockSource, leaseBlocks } from '../upscale/block/lease';
import type { PlannedTensor } from '../upscale/block/planned';
import { MeasureError } from './errors';
import type { DistanceMap } from './measurement';
import { EXACT_ROWS } from './matching';

/** ε by the default rule of ott-jax. A plan then depends on differences between costs, not on their level. */
const ENTROPIC = {
  kind: 'entropic',
  epsilonRule: { kind: 'spread', factor: 0.05 },
  epsilon: 1,
  tolerance: 1e-3,
  maxIterations: 500,
  seed: 0,
} as const;

export interface MapOptions {
  /** Between blocks: draws of the null of every pair. Default: none. */
  readonly nullDraws?: number | undefined;
  readonly cost: CostSettings;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Computes the transport cost between the rows of one tensor for all pairs of base blocks. The cost is symmetric, so only
 * half of the pairs are solved. At most two blocks are leased at a time.
 * @throws TransportError; AbortError.
 */
export async function mapBlocks(
  backend: Backend,
  weights: BlockSource,
  tensor: PlannedTensor,
  { cost, nullDraws = 0, signal, onProgress }: MapOptions,
): Promise<DistanceMap> {
  const { layers } = weights.config;
  const key = `${tensor}.weight`;
  const distances = new Float32Array(layers * layers);
  const relative = new Float32Array(layers * layers);
  const nullDistances = nullDraws > 0 ? new Float32Array(layers * layers) : undefined;
  const total = (layers * (layers + 1)) / 2;
  let solver: DistanceMap['solver'] = 'exact';
  let done = 0;
  for (let i = 0; i < layers; i++) {
    for (let j = i; j < layers; j++) {
      signal?.throwIfAborted();
      const lease = await leaseBlocks(weights, [i, j], signal, [key]);
      try {
        const [a, b] = lease.blocks.map((block) => blockTensor(block, key));
        if (!a || !b) throw new MeasureError('expected two blocks, got fewer. Choose another tensor.');
        const between = await distance(backend, a, b, cost, signal);
        const drawn = nullDistances && (await nullDistance(backend, a, b, cost, nullDraws, signal));
        solver = between.solver;
        for (const at of [i * layers + j, j * layers + i]) {
          distances[at] = between.distance;
          relative[at] = between.relative;
          if (nullDistances) nullDistances[at] = drawn ?? Number.NaN;
        }
      } finally {
        lease.release();
      }
      done++;
      onProgress?.(done / total);
    }
  }
  const map = { kind: 'blocks', rows: layers, columns: layers, distances, relative, solver } as const;
  return nullDistances ? { ...map, nullDistances } : map;
}

/** Mean distance to the rows of `b` with their entries shuffled (docs/method.md 5.4). */
async function nullDistance(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  cost: CostSettings,
  draws: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const values = await backend.read(b);
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = nullRows(values, matrix(b)[0], 0, draw);
    const rows = backend.upload(drawn, b.shape, 'f32', `${b.label}, null ${draw}`);
    try {
      sum += (await distance(backend, a, rows, cost, signal)).distance;
    } finally {
      backend.free(rows);
    }
  }
  return sum / draws;
}

async function distance(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  settings: CostSettings,
  signal: AbortSignal | undefined,
): Promise<{ distance: number; relative: number; solver: 'exact' | 'entropic' }> {
  const cost = await CostMatrix.build(backend, a, b, { cost: settings, signal });
  try {
    const exact = cost.rows <= EXACT_ROWS;
    const value = exact
      ? (await assign(await cost.readAll(signal), cost.rows, cost.columns, { signal })).cost
      : await entropicCost(backend, cost, signal);
    const relative = cost.mean > 0 ? value / cost.mean : 0;
    return { distance: value, relative, solver: exact ? 'exact' : 'entropic' };
  } finally {
    cost.free();
  }
}

async function entropicCost(
  backend: Backend,
  cost: CostMatrix,
  signal: AbortSignal | undefined,
): Promise<number> {
  const solve = iterativeSolver(backend, cost, ENTROPIC);
  try {
    await solve.run({ signal });
    return (await planMeasures(backend, solve.plan, signal)).transportCost;
  } finally {
    solve.free();
  }
}
