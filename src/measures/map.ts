import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { LlamaConfig } from '../llama/config';
import { assign } from '../transport/assignment';
import { CostMatrix } from '../transport/cost';
import { groupCosts } from '../transport/group-costs';
import { blockTensor } from '../upscale/block/block-tensor';
import { type BlockSource, leaseBlocks } from '../upscale/block/lease';
import { headCount, type PlannedTensor } from '../upscale/block/planned';
import { mapBlocks, type MapOptions } from './block-map';
import { MeasureError } from './errors';
import type { DistanceMap, MapLevel } from './measurement';
import { EXACT_ROWS } from './matching';

interface PairOptions extends MapOptions {
  /** Most rows and columns of a map of neurons. */
  readonly maxPixels: number;
}

/**
 * Computes distances between the rows of one tensor, at one of three levels: between all pairs of blocks, between the heads of
 * two blocks (q, k and v only), or between the neurons of two blocks or heads. A block may be compared with itself.
 * @throws MeasureError for blocks or heads that do not exist; TransportError; AbortError.
 */
export async function distanceMap(
  backend: Backend,
  weights: BlockSource,
  tensor: PlannedTensor,
  level: MapLevel,
  options: PairOptions,
): Promise<DistanceMap> {
  if (level.kind === 'blocks') return mapBlocks(backend, weights, tensor, options);
  const { config } = weights;
  for (const block of [level.previous, level.next]) expectIndex('block', block, config.layers);
  const heads = level.kind === 'heads' || level.heads ? expectHeads(tensor, config) : 0;
  const key = `${tensor}.weight`;
  const lease = await leaseBlocks(weights, [level.previous, level.next], options.signal, [key]);
  try {
    const [a, b] = lease.blocks.map((block) => blockTensor(block, key));
    if (!a || !b) throw new MeasureError('expected two blocks, got fewer. Choose other blocks.');
    if (level.kind === 'heads') return await mapHeads(backend, a, b, heads, options);
    if (!level.heads) return await mapNeurons(backend, a, b, options);
    for (const head of level.heads) expectIndex('head', head, heads);
    const scope = new Scope(backend);
    try {
      const [x, y] = level.heads.map((head, side) =>
        scope.own(headRows(backend, side === 0 ? a : b, head, config.headDim)),
      );
      return await mapNeurons(backend, x ?? a, y ?? b, options);
    } finally {
      scope.free();
    }
  } finally {
    lease.release();
  }
}

function expectIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new MeasureError(`map: expected a ${what} from 0 to ${count - 1}, got ${index}. Choose another one.`);
}

function expectHeads(tensor: PlannedTensor, config: LlamaConfig): number {
  const heads = headCount(tensor, config);
  if (heads !== undefined) return heads;
  throw new MeasureError(
    `map: expected a tensor whose rows belong to heads (self_attn.q_proj, self_attn.k_proj, self_attn.v_proj), got ${tensor}. ` +
      'Choose one of them, or open the pair of blocks into neurons.',
  );
}

function headRows(backend: Backend, x: Tensor, head: number, headDim: number): Tensor {
  const rows = Uint32Array.from({ length: headDim }, (_, row) => head * headDim + row);
  const index = backend.upload(rows, [headDim], 'u32', 'rows of a head');
  try {
    return backend.gather(x, index);
  } finally {
    backend.free(index);
  }
}

/** Exact transport cost between every pair of heads. Costs are scaled as for the whole tensors. */
async function mapHeads(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  heads: number,
  { cost: settings, signal, onProgress }: PairOptions,
): Promise<DistanceMap> {
  const cost = await CostMatrix.build(backend, a, b, { cost: settings, signal });
  try {
    const costs = await groupCosts(backend, cost, heads, { signal, onProgress });
    const distances = Float32Array.from(costs.distances);
    const relative = costs.distances.map((value, i) => {
      const mean = costs.means[i] ?? 0;
      return mean > 0 ? value / mean : 0;
    });
    return {
      kind: 'heads',
      rows: heads,
      columns: heads,
      distances,
      relative: Float32Array.from(relative),
      solver: 'exact',
    };
  } finally {
    cost.free();
  }
}

/** The ground cost, pooled to means if there are more neurons than pixels. */
async function mapNeurons(
  backend: Backend,
  a: Tensor,
  b: Tensor,
  { cost: settings, maxPixels, signal }: PairOptions,
): Promise<DistanceMap> {
  const cost = await CostMatrix.build(backend, a, b, { cost: settings, signal });
  const scope = new Scope(backend);
  try {
    const [rows, columns] = [Math.min(cost.rows, maxPixels), Math.min(cost.columns, maxPixels)];
    const window = { rowStart: 0, rowEnd: cost.rows, columnStart: 0, columnEnd: cost.columns };
    const picture = scope.own(backend.zeros([rows, columns, 2], 'map of neurons'));
    await cost.forEach(async (band) => {
      backend.picture(band, undefined, window, picture);
      await backend.settle();
    }, signal);
    const pooled = await backend.read(picture);
    const distances = Float32Array.from({ length: rows * columns }, (_, pixel) => pooled[2 * pixel + 1] ?? 0);
    const { mean } = cost;
    const relative = distances.map((value) => (mean > 0 ? value / mean : 0));
    const map = { kind: 'neurons', rows, columns, distances, relative } as const;
    if (cost.rows > EXACT_ROWS) return { ...map, solver: 'none' };
    const all = await cost.readAll(signal);
    const { assignment } = await assign(all, cost.rows, cost.columns, { signal });
    return { ...map, solver: 'exact', assignment };
  } finally {
    scope.free();
    cost.free();
  }
}
