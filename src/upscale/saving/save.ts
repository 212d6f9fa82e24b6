/*
 * saving: the files of a deeper model: tensors (`save`, `recipe-values`), config.json (`deeper-config`), recipe and model card (`card`,
 * `card-settings`).
 */
import type { Backend, Tensor } from '../../backend/operations';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { encode } from '../../checkpoint/dtype';
import type { TensorInfo } from '../../checkpoint/header';
import type { OutTensor } from '../../checkpoint/write';
import { blockTensorName } from '../../llama/block';
import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { Expansion } from '../expanding/expansion';
import type { NewBlock } from '../block/new-block';

/**
 * Lists the tensors of the deeper checkpoint for writing: first those outside the blocks, then block by block. Tensors of base
 * blocks and of their copies are renumbered and copied byte for byte. In new blocks, zeros and exact copies keep the
 * checkpoint's dtype; computed tensors are float32, so that the file evaluates as the expansion does. `trained` tensors
 * (bands of rows, by name in the deeper checkpoint) are float32 too. Nothing may be freed before it is written.
 */
export function tensorsToWrite(
  backend: Backend,
  expansion: Expansion,
  checkpoint: Checkpoint,
  config: LlamaConfig,
  trained: ReadonlyMap<string, readonly Tensor[]> = new Map(),
): OutTensor[] {
  const { outer, blocks } = byBlock(checkpoint, config);
  const tensors = outer.map(
    (info) => trainedAs(backend, info.name, info, trained) ?? copyAs(info.name, info),
  );
  for (const [index, place] of expansion.places.entries()) {
    const made = place.kind === 'new' ? place.block : undefined;
    // A new block takes tensors that are no weights (old buffers) from the block that it follows.
    const like =
      blocks[place.kind === 'new' ? place.block.gap : place.index] ?? new Map<string, TensorInfo>();
    for (const [key, info] of like) {
      const tensor = made?.tensors.get(key);
      const source = tensor?.origin === 'copy' ? blocks[tensor.of]?.get(key) : undefined;
      const name = blockTensorName(config, index, key);
      tensors.push(trainedAs(backend, name, info, trained) ?? outTensor(name, source ?? info, made, key));
    }
  }
  return tensors;
}

/** Returns the names of a new block's tensors in the deeper checkpoint. */
export const newTensorNames = (config: LlamaConfig, index: number, block: NewBlock): string[] =>
  [...block.tensors.keys()].map((key) => blockTensorName(config, index, key));

const copyAs = (name: string, { dtype, shape, ...rest }: TensorInfo): OutTensor => ({
  name,
  dtype,
  shape,
  copyOf: { dtype, shape, ...rest },
});

function trainedAs(
  backend: Backend,
  name: string,
  { shape }: TensorInfo,
  trained: ReadonlyMap<string, readonly Tensor[]>,
): OutTensor | undefined {
  const bands = trained.get(name);
  if (!bands) return undefined;
  const data = async (): Promise<Uint8Array> => {
    const file = new Uint8Array(bands.reduce((sum, { bytes }) => sum + bytes, 0));
    let offset = 0;
    for (const band of bands) {
      file.set(encode(await backend.read(band), 'F32'), offset);
      offset += band.bytes;
    }
    return file;
  };
  return { name, dtype: 'F32', shape, data };
}

/** @param like a base block's tensor of the same kind; if the block's is a copy, its source. */
function outTensor(name: string, like: TensorInfo, made: NewBlock | undefined, key: string): OutTensor {
  const origin = made?.tensors.get(key)?.origin;
  if (made && origin === 'computed') {
    const data = async (): Promise<Uint8Array> => encode(await made.read(key), 'F32');
    return { name, dtype: 'F32', shape: like.shape, data };
  }
  if (origin === 'zero') {
    // +0 is all zero bits in every float format.
    return { name, dtype: like.dtype, shape: like.shape, data: async () => new Uint8Array(like.bytes) };
  }
  return copyAs(name, like);
}

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
