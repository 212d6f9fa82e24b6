import type { BackendInfo } from '../../backend/operations';
import { COST_BUDGET_BYTES } from '../../transport/cost';
import { blockShapes, countBlockParameters } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import { RESIDENT_BYTES } from '../block/block-store';
import { mebibytes } from '../../amounts';
import { UpscaleError } from '../block/errors';
import { isOutputProjection } from '../block/block-tensor';
import { PLANNED_TENSORS } from '../block/planned';
import { flowOf, isLayout } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/resolve';
import { blockSpecs } from './block-specs';

/** The work and memory of making a recipe's new blocks, counted from shapes before any weight is read. */
export interface ExpansionWork {
  /** Number of blocks to make. */
  readonly blocks: number;
  /** Indices of the base blocks that are read. */
  readonly parents: readonly number[];
  /** Floating-point operations of costs and of moved rows. */
  readonly operations: number;
  /** Weights that are computed. */
  readonly values: number;
  /** Entries of costs that Sinkhorn iterations visit. */
  readonly visits: number;
  /** Most bytes on the device at once, without what other work keeps there. */
  readonly deviceBytes: number;
  /** Bytes of temporary files. */
  readonly temporaryBytes: number;
}

/** Iterations of a usual solve with Anderson mixing at the default ε (docs/method.md 9.5). The true number depends on the weights. */
const ITERATIONS = 30;
/** Passes over a cost besides iterations: its statistics, the plan's measures, and moving the rows. */
const PASSES = 3;

/**
 * Counts the work of `expand`. A cost that does not fit into its budget is computed again at every pass.
 * @param parentBytes bytes of one base block as stored.
 * @param residentBytes new blocks of more float32 bytes in all go to temporary files.
 * @throws GapError, UpscaleError as `blockSpecs`.
 */
export function expansionWork(
  recipe: ExpandRecipe,
  config: LlamaConfig,
  { kind }: Pick<BackendInfo, 'kind'>,
  parentBytes: number,
  residentBytes: number = RESIDENT_BYTES[kind],
): ExpansionWork {
  const method = methodOf(recipe.method);
  const made = blockSpecs(recipe, config.layers).filter(
    (spec) => spec.kind === 'new' || spec.kind === 'scaled',
  );
  const reads = made.map((spec) =>
    spec.kind === 'new' && !isLayout(method) && method.parents === 'pair'
      ? [spec.previous, spec.next]
      : [spec.kind === 'new' ? spec.previous : spec.index],
  );
  const zeroed = zeroInitOf(recipe);
  const flow = flowOf(method);
  const shapes = blockShapes(config);
  let [operations, visits, largest] = [0, 0, 0];
  for (const tensor of PLANNED_TENSORS) {
    const [rows = 0, columns = 0] = shapes.get(`${tensor}.weight`) ?? [];
    if (!flow || (zeroed && isOutputProjection(`${tensor}.weight`) && tensor !== 'self_attn.o_proj')) {
      largest = Math.max(largest, 4 * rows * columns);
      continue;
    }
    const entries = rows * rows;
    const resident = 4 * entries <= COST_BUDGET_BYTES[kind];
    const costs = resident ? 1 : ITERATIONS + PASSES;
    operations += 2 * entries * columns * (costs + 1);
    if (tensor.startsWith('mlp.') && tensor !== 'mlp.down_proj')
      operations += 2 * rows * columns * config.hiddenSize;
    visits += ITERATIONS * entries;
    // The CPU backend keeps the kernel exp(−M/ε) beside the cost; both may be resident.
    const copies = kind === 'cpu' ? 2 : 1;
    largest = Math.max(largest, (resident ? copies * 4 * entries : 0) + 3 * 4 * rows * columns);
  }
  const all = 4 * countBlockParameters(config) * made.length;
  const stored = all > residentBytes;
  const leased = parentBytes * Math.max(0, ...reads.map((indices) => new Set(indices).size));
  return {
    blocks: made.length,
    parents: [...new Set(reads.flat())].toSorted((a, b) => a - b),
    operations: operations * made.length,
    values: all / 4,
    visits: visits * made.length,
    deviceBytes: leased + largest + (stored ? 0 : all),
    temporaryBytes: stored ? all : 0,
  };
}

/** @throws UpscaleError if the work needs more memory than the device has at most. Not every device says how much that is. */
export function checkFits({ deviceBytes }: ExpansionWork, { limits }: Pick<BackendInfo, 'limits'>): void {
  const { maxMemoryBytes: most = Infinity } = limits;
  if (deviceBytes <= most) return;
  throw new UpscaleError(
    `expected new blocks that can be made within the ${mebibytes(most)} that this backend has, got blocks that need ` +
      `${mebibytes(deviceBytes)}. Use WebGPU on a device with more memory, or a method without plans such as average.`,
  );
}
