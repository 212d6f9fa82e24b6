import { CheckpointError } from './errors';
import { type TensorInfo, readHeader } from './header';
import { isRecord, parseJson, readText, repeatedKey, show } from './json';
import { isFlatName } from './names';
import type { ByteSource, FileSet } from './source';

export const INDEX_NAME = 'model.safetensors.index.json';

/**
 * Reads a sharded checkpoint: the index, then the header of every shard it names. Where a tensor is in several shards the
 * index decides; a tensor that is in just one shard and not in the index is kept, as loading it by shards would.
 * @throws CheckpointError for an index that is not one, a missing shard, a tensor that is not in its shard.
 */
export async function readShards(
  files: FileSet,
  index: ByteSource,
  signal?: AbortSignal,
): Promise<{ tensors: Map<string, TensorInfo>; shards: string[] }> {
  const weightMap = await readWeightMap(index, signal);
  const shards = [...new Set(weightMap.values())].sort();
  const tensors = new Map<string, TensorInfo>();
  for (const shard of shards) {
    const source = await files.open(shard, signal);
    if (source === undefined) {
      throw new CheckpointError(
        `${files.name}: expected ${shard}, which ${INDEX_NAME} names, got no such file. Add it to the others.`,
      );
    }
    for (const tensor of await readHeader(source, signal)) {
      const home = weightMap.get(tensor.name);
      if (home !== undefined && home !== shard) continue;
      if (tensors.has(tensor.name)) {
        throw new CheckpointError(
          `${shard}: tensor ${show(tensor.name)} is in another shard too and ${INDEX_NAME} does not say which counts. Fetch index and shards again.`,
        );
      }
      tensors.set(tensor.name, tensor);
    }
  }
  for (const [name, shard] of weightMap) {
    if (!tensors.has(name)) {
      throw new CheckpointError(
        `${shard}: expected tensor ${show(name)}, as ${INDEX_NAME} says, got a file without it. Fetch index and shards again.`,
      );
    }
  }
  return { tensors, shards };
}

/** Tensor name → shard. */
async function readWeightMap(
  index: ByteSource,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const text = await readText(index, signal);
  const data = parseJson(text, index.name);
  const map = isRecord(data) ? data['weight_map'] : undefined;
  if (!isRecord(map)) {
    throw new CheckpointError(
      `${index.name}: expected an object weight_map (tensor name → file), got ${show(map)}. Fetch the index again.`,
    );
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    throw new CheckpointError(
      `${index.name}: expected every name once, got ${show(repeated)} twice. Fetch the index again.`,
    );
  }
  const weightMap = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !isFlatName(shard)) {
      throw new CheckpointError(
        `${index.name}: tensor ${show(name)}: expected a plain file name, got ${show(shard)}. Put the shards beside the index and correct it.`,
      );
    }
    weightMap.set(name, shard);
  }
  return weightMap;
}
