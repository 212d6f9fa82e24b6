/*
 * saving: a deeper model as files: its tensors (`save`), its config.json (`deeper-config`), its recipe and its card (`card`,
 * `card-settings`). Makes nothing and trains nothing.
 */
import type { Backend, Tensor } from '../../backend/operations';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { encode } from '../../checkpoint/dtype';
import type { TensorInfo } from '../../checkpoint/header';
import type { OutTensor } from '../../checkpoint/write';
import { blockTensorName } from '../../llama/block';
import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { Expansion } from '../expanding/expansion';
import type { NewBlock, NewTensor } from '../block/new-block';

/**
 * The tensors of the deeper checkpoint, block by block, those outside the blocks first. Base tensors, and those of base
 * blocks that stand there once more, are renumbered and otherwise copied byte for byte. Of the new blocks, zeros and exact copies keep the checkpoint's dtype; computed tensors
 * are float32, so that nothing is lost before training and the file evaluates as it did here. What was `trained`, by its name
 * in the deeper checkpoint, band after band of a matrix, is float32, too. Nothing may be freed before it is written.
 */
export function outTensors(
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
    // What a new block has beside its weights (old buffers) is that of the block it follows.
    const like =
      blocks[place.kind === 'new' ? place.block.gap : place.index] ?? new Map<string, TensorInfo>();
    for (const [key, info] of like) {
      const tensor = made?.tensors.get(key);
      const source = tensor?.origin === 'copy' ? blocks[tensor.of]?.get(key) : undefined;
      const name = blockTensorName(config, index, key);
      tensors.push(
        trainedAs(backend, name, info, trained) ?? outTensor(backend, name, source ?? info, tensor),
      );
    }
  }
  return tensors;
}

/** Names of a new block's tensors in the deeper checkpoint. */
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

/** `like` is a base block's tensor of the same kind, and the very one where it is copied. */
function outTensor(backend: Backend, name: string, like: TensorInfo, made: NewTensor | undefined): OutTensor {
  if (made?.origin === 'computed') {
    const data = async (): Promise<Uint8Array> => encode(await backend.read(made.tensor), 'F32');
    return { name, dtype: 'F32', shape: like.shape, data };
  }
  if (made?.origin === 'zero') {
    // +0 is all zero bits in every float format.
    return { name, dtype: like.dtype, shape: like.shape, data: async () => new Uint8Array(like.bytes) };
  }
  return copyAs(name, like);
}

/** The checkpoint's tensors outside the blocks, and those of every block by their names within it. */
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
