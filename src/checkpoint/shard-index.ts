import { CheckpointError } from './errors';
import { type TensorInfo, readHeader } from './header';
import { isRecord, parseJson, readText, duplicateKey } from './json';
import { show } from '../legible';
import { isPlainFileName } from './names';
import type { ByteSource, FileSet } from './source';

export const SINGLE_NAME = 'model.safetensors';
export const INDEX_NAME = 'model.safetensors.index.json';

/**
 * Reads a sharded checkpoint: the index, then the header of every shard it names. If a tensor is in several shards the index
 * decides. A tensor in one shard that is not in the index is included, as loaders that read whole shards do.
 * @throws CheckpointError if the index is not valid, a shard is missing, or a tensor is not in its shard.
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

/** Reads the map from tensor name to shard. */
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
  const repeated = duplicateKey(text);
  if (repeated !== undefined) {
    throw new CheckpointError(
      `${index.name}: expected every name once, got ${show(repeated)} twice. Fetch the index again.`,
    );
  }
  const weightMap = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !isPlainFileName(shard)) {
      throw new CheckpointError(
        `${index.name}: tensor ${show(name)}: expected a plain file name, got ${show(shard)}. Put the shards beside the index and correct it.`,
      );
    }
    weightMap.set(name, shard);
  }
  return weightMap;
}
