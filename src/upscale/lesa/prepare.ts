/*
 * lesa: the code of `lesa`. `prepare` trains one small network per kind of matrix on triples of neighbouring blocks, in the
 * basis of a singular value decomposition over all blocks, and predicts new blocks with these networks.
 */
import { openCpu } from '../../backend/wasm/open';
import type { Backend, Tensor } from '../../backend/operations';
import { blockShapes } from '../../llama/block';
import type { BlockAssembly } from '../block/assembly';
import { blockTensor, isOutputProjection } from '../block/block-tensor';
import { leaseBlocks } from '../block/lease';
import { UpscaleError } from '../block/errors';
import { PLANNED_TENSORS, type PlannedTensor } from '../block/planned';
import type { BlockContext, MethodContext } from '../contract/context';
import type { PreparedMethod } from '../contract/method';
import { fitWork, type LayerMatrices, MatrixModel } from './matrix-model';
import { MAX_ROWS, MIN_LAYERS } from './limits';

/** Distance of the seeds of two kinds of matrix (2³² / golden ratio), so that neighbouring recipe seeds share no stream. */
const SEED_STEP = 0x9e3779b9;

interface Trained {
  /** Backend of the networks; new blocks may be on another one. */
  readonly backend: Backend;
  /** A model is undefined if its matrix is zero in every layer; then the predicted matrix is zero. */
  readonly fitted: ReadonlyMap<PlannedTensor, MatrixModel | undefined>;
}

/** One of the seven kinds of matrix, `[rows, columns]` in every layer. */
interface Kind {
  readonly tensor: PlannedTensor;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Trains one network per kind of matrix. The result predicts the new blocks.
 * @throws UpscaleError for a model that is too shallow or too wide; AbortError.
 */
export async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const kinds = context.zeroInit
    ? PLANNED_TENSORS.filter((tensor) => !isOutputProjection(`${tensor}.weight`))
    : PLANNED_TENSORS;
  const sizes = kinds.map((tensor) => sizeOf(context, tensor));
  const { layers } = context.config;
  const total = sizes.reduce((sum, kind) => sum + workOf(layers, kind), 0);
  // A software adapter uses the same cores and takes several times as long for products as small as a batch's.
  const own = context.backend.info.software ? await openCpu() : undefined;
  const backend = own ?? context.backend;
  const fitted = new Map<PlannedTensor, MatrixModel | undefined>();
  const free = (): void => {
    for (const model of fitted.values()) model?.free();
    fitted.clear();
    own?.dispose();
  };
  try {
    let done = 0;
    for (const kind of sizes) {
      const { tensor } = kind;
      const work = workOf(layers, kind);
      const onProgress = (label: string, fraction: number): void =>
        context.onTensor?.(`${tensor}: ${label}`, (done + work * fraction) / total);
      // The seed of a matrix does not depend on which other matrices are made.
      const seed = (context.seed + PLANNED_TENSORS.indexOf(tensor) * SEED_STEP) >>> 0;
      fitted.set(tensor, await fit(context, backend, kind, seed, onProgress));
      done += work;
    }
    return { fill: (assembly, made) => fill(assembly, made, { backend, fitted }), free };
  } catch (error) {
    free();
    throw error;
  }
}

function workOf(layers: number, { rows, columns }: Kind): number {
  const { svd, training } = fitWork(layers, rows, columns);
  return svd + training;
}

/** Checked before any weight is read. @throws UpscaleError if the model is too shallow or the matrix too large. */
function sizeOf({ config }: MethodContext, tensor: PlannedTensor): Kind {
  if (config.layers < MIN_LAYERS) {
    throw new UpscaleError(
      `lesa: expected a model of at least ${MIN_LAYERS} blocks, got ${config.layers}. Choose another method or a deeper model.`,
    );
  }
  const [rows = 0, columns = 0] = blockShapes(config).get(`${tensor}.weight`) ?? [];
  if (rows > MAX_ROWS) {
    throw new UpscaleError(
      `lesa, ${tensor}: expected at most ${MAX_ROWS} output neurons, got ${rows}: the singular value decomposition takes ` +
        'time with their cube. Choose another method or a smaller model.',
    );
  }
  return { tensor, rows, columns };
}

async function fit(
  context: MethodContext,
  backend: Backend,
  { tensor, rows, columns }: Kind,
  seed: number,
  onProgress: (label: string, fraction: number) => void,
): Promise<MatrixModel | undefined> {
  const { signal } = context;
  const matrices: LayerMatrices = { rows, columns, layers: await readLayers(context, `${tensor}.weight`) };
  try {
    return await MatrixModel.fit(backend, matrices, { seed, signal, onProgress });
  } catch (error) {
    if (!(error instanceof UpscaleError)) throw error;
    throw new UpscaleError(`lesa, ${tensor}: ${error.message}`, { cause: error });
  }
}

/** Reads one tensor of every base block, with one block leased at a time. */
async function readLayers(
  { backend, config, weights, signal }: MethodContext,
  key: string,
): Promise<Float32Array[]> {
  const layers: Float32Array[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const lease = await leaseBlocks(weights, [layer], signal);
    try {
      for (const block of lease.blocks) layers.push(await backend.read(blockTensor(block, key)));
    } finally {
      lease.release();
    }
  }
  return layers;
}

async function fill(assembly: BlockAssembly, context: BlockContext, trained: Trained): Promise<void> {
  const first = await leaseBlocks(context.weights, [0], context.signal);
  try {
    await assembly.forEachTensor(async (key, { shape }) => {
      const tensor = PLANNED_TENSORS.find((name) => `${name}.weight` === key);
      if (tensor) await assembly.addComputed(key, await predicted(context, trained, tensor, shape));
      else for (const block of first.blocks) assembly.copyFrom(key, block, 0);
    });
  } finally {
    first.release();
  }
}

/** Predicts the new block's matrix, on the backend of the new block. */
async function predicted(
  { backend, previousIndex, nextIndex }: BlockContext,
  trained: Trained,
  tensor: PlannedTensor,
  shape: readonly number[],
): Promise<Tensor> {
  const matrix = trained.fitted.get(tensor)?.between(previousIndex, nextIndex);
  if (!matrix) return backend.zeros(shape, 'zero matrix');
  if (trained.backend === backend) return matrix;
  const values = await trained.backend.read(matrix);
  trained.backend.free(matrix);
  return backend.upload(values, shape, 'f32', 'predicted');
}
