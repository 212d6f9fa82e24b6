/*
 * saving: the files of a deeper model: tensors (`save`, `saved-dtype`, `recipe-values`), config.json (`deeper-config`), and the
 * documents beside them (`documents`): recipe and model card (`card`, `card-settings`), mergekit configuration (`mergekit`), and
 * the script that trains the new blocks elsewhere (`training/`).
 */
import type { Backend, Tensor } from '../../backend/operations';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { encode } from '../../checkpoint/dtype';
import { CheckpointError } from '../../checkpoint/errors';
import { firstNonFinite } from '../../checkpoint/finite';
import type { TensorInfo } from '../../checkpoint/header';
import type { OutTensor } from '../../checkpoint/write';
import { blockTensorName } from '../../llama/block';
import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { Expansion } from '../expanding/expansion';
import type { NewBlock } from '../block/new-block';
import type { SavedDType } from './saved-dtype';

/** A tensor of the deeper checkpoint, and what is in it: a copy of `copyOf`, `values`, or else zeros. */
export interface SavedTensor {
  readonly name: string;
  /** Of the file. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly copyOf?: TensorInfo;
  /** Read the values piece by piece, in order: float32, not rounded to `dtype`. */
  readonly values?: readonly (() => Promise<Float32Array>)[];
}

interface SavedOptions {
  /** What `values` are saved in. */
  readonly dtype: SavedDType;
  /** Trained tensors (bands of rows) by name in the deeper checkpoint. */
  readonly trained?: ReadonlyMap<string, readonly Tensor[]> | undefined;
}

/**
 * Lists the tensors of the deeper checkpoint: first those outside the blocks, then block by block. Tensors of base blocks and of
 * their copies are renumbered and copied byte for byte; so are exact copies in new blocks.
 */
export function savedTensors(
  backend: Backend,
  expansion: Expansion,
  checkpoint: Checkpoint,
  config: LlamaConfig,
  { dtype, trained }: SavedOptions,
): SavedTensor[] {
  const { outer, blocks } = byBlock(checkpoint, config);
  const saved = (name: string, like: TensorInfo, key = '', made?: NewBlock): SavedTensor => {
    const { shape } = like;
    const origin = made?.tensors.get(key)?.origin;
    const values =
      trained?.get(name)?.map((band) => () => backend.read(band)) ??
      (origin === 'computed' ? made?.pieces(key) : undefined);
    if (values) return { name, dtype: dtype === 'f32' ? 'F32' : like.dtype, shape, values };
    return { name, dtype: like.dtype, shape, ...(origin === 'zero' ? {} : { copyOf: like }) };
  };
  const tensors = outer.map((info) => saved(info.name, info));
  for (const [index, place] of expansion.places.entries()) {
    const made = place.kind === 'new' ? place.block : undefined;
    // A new block takes tensors that are no weights (old buffers) from the block that it follows.
    const like =
      blocks[place.kind === 'new' ? place.block.gap : place.index] ?? new Map<string, TensorInfo>();
    for (const [key, info] of like) {
      const tensor = made?.tensors.get(key);
      const source = tensor?.origin === 'copy' ? blocks[tensor.of]?.get(key) : undefined;
      tensors.push(saved(blockTensorName(config, index, key), source ?? info, key, made));
    }
  }
  return tensors;
}

/** True if saving changes values: they are not stored as float32. */
export const isRounded = ({ values, dtype }: SavedTensor): boolean => values !== undefined && dtype !== 'F32';

/** Prepares tensors for writing. Nothing may be freed before it is written. */
export const tensorsToWrite = (tensors: readonly SavedTensor[]): OutTensor[] =>
  tensors.map((tensor) => {
    const { name, dtype, shape, copyOf } = tensor;
    return { name, dtype, shape, ...(copyOf ? { copyOf } : { data: () => bytesOf(tensor) }) };
  });

async function bytesOf(tensor: SavedTensor): Promise<Uint8Array> {
  const { dtype, shape, values = [] } = tensor;
  // +0 is all zero bits in every float format.
  const size = encode(new Float32Array(1), dtype).byteLength;
  const file = new Uint8Array(shape.reduce((product, n) => product * n, size));
  let offset = 0;
  for (const read of values) {
    const bytes = roundedBytes(tensor, await read());
    file.set(bytes, offset);
    offset += bytes.byteLength;
  }
  return file;
}

/**
 * Encodes exact values in the tensor's dtype.
 * @throws CheckpointError if a value is too large for it, so that no infinity gets into a file.
 */
export function roundedBytes(
  { name, dtype }: Pick<SavedTensor, 'name' | 'dtype'>,
  exact: Float32Array,
): Uint8Array<ArrayBuffer> {
  const bytes = encode(exact, dtype);
  const index = firstNonFinite(bytes, dtype);
  if (index < 0) return bytes;
  throw new CheckpointError(
    `tensor ${name}: expected values that ${dtype} can hold, got ${exact[index]}. Save computed tensors in exact float32 instead.`,
  );
}

/** Returns the names of a new block's tensors in the deeper checkpoint. */
export const newTensorNames = (config: LlamaConfig, index: number, block: NewBlock): string[] =>
  [...block.tensors.keys()].map((key) => blockTensorName(config, index, key));

/** Splits the checkpoint's tensors into those outside the blocks and those of every block, by name within the block. */
function byBlock(
  checkpoint: Checkpoint,
  config: LlamaConfig,
): { outer: TensorInfo[]; blocks: Map<string, TensorInfo>[] } {
  const prefix = architectureOf(config).layers;
  const outer: TensorInfo[] = [];
  const blocks = Array.from({ length: config.layers }, () => new Map<string, TensorInfo>());
  for (const [name, info] of checkpoint.tensors) {
    const [, index, key] = name.startsWith(prefix)
      ? (/^(\d+)\.(.+)$/.exec(name.slice(prefix.length)) ?? [])
      : [];
    const block = index === undefined ? undefined : blocks[Number(index)];
    if (block && key !== undefined) block.set(key, info);
    else outer.push(info);
  }
  return { outer, blocks };
}
