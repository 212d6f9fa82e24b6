import type { DType } from '../backend/operations';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { blockShapes, blockTensorName } from './block';
import { architectureOf, type LlamaConfig } from './config';
import { ConfigError } from './errors';

/** The list of tensors of a checkpoint. */
export type CheckpointTensors = Pick<Checkpoint, 'tensors'>;

const DTYPES: ReadonlyMap<string, DType> = new Map([
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
]);

/** Maps a safetensors dtype to the backend's. @throws ConfigError if the kernels cannot decode it. */
export function deviceDType(tensor: string, dtype: string): DType {
  const known = DTYPES.get(dtype);
  if (known !== undefined) return known;
  throw new ConfigError(
    `${tensor}: expected dtype ${[...DTYPES.keys()].join(', ')}, got ${dtype}. ` +
      'Open an unquantised copy of the model, or convert its weights to one of these.',
  );
}

/** Checkpoint names of the tensors outside the blocks. */
export interface OuterNames {
  readonly embedding: string;
  /** The same as `embedding` for a tied model. */
  readonly head: string;
  readonly finalNorm: string;
}

/**
 * Returns the names of the tensors outside the blocks. A tied model stores one matrix, under the embedding's name or only under
 * the head's. If a file has both, a tied model uses the embedding, as transformers does.
 */
export function outerNames(config: LlamaConfig, checkpoint: CheckpointTensors): OuterNames {
  const { embedding, head, finalNorm } = architectureOf(config);
  if (!config.tied) return { embedding, head, finalNorm };
  const onlyHead = !checkpoint.tensors.has(embedding) && checkpoint.tensors.has(head);
  const shared = onlyHead ? head : embedding;
  return { embedding: shared, head: shared, finalNorm };
}

/**
 * Checks that every tensor the config needs exists with the right shape and a supported dtype, and that blocks have no other weights
 * or biases, which would not be computed with. Ignores all else, such as stored buffers.
 * @throws ConfigError naming the first tensor that fails.
 */
export function checkTensors(config: LlamaConfig, checkpoint: CheckpointTensors): void {
  const outer = outerNames(config, checkpoint);
  const matrix = [config.vocabSize, config.hiddenSize];
  checkTensor(checkpoint, outer.embedding, matrix);
  if (!config.tied && !checkpoint.tensors.has(outer.head)) {
    throw new ConfigError(
      `${outer.head}: expected this tensor [${matrix.join(', ')}], got none. ` +
        'If the model shares it with the embedding, set tie_word_embeddings to true in config.json.',
    );
  }
  checkTensor(checkpoint, outer.head, matrix);
  checkTensor(checkpoint, outer.finalNorm, [config.hiddenSize]);
  const shapes = blockShapes(config);
  for (let index = 0; index < config.layers; index++) {
    for (const [key, shape] of shapes) checkTensor(checkpoint, blockTensorName(config, index, key), shape);
  }
  const { layers } = architectureOf(config);
  for (const name of checkpoint.tensors.keys()) {
    const [, key] = name.startsWith(layers)
      ? (/^\d+\.(.+\.(?:weight|bias))$/.exec(name.slice(layers.length)) ?? [])
      : [];
    if (key === undefined || shapes.has(key)) continue;
    throw new ConfigError(
      `${name}: expected no such tensor in a block of ${config.architecture} by config.json, got one. ` +
        'Check that config.json, and its flags of biases, belong to these weights.',
    );
  }
}

function checkTensor(checkpoint: CheckpointTensors, name: string, shape: readonly number[]): void {
  const expected = `[${shape.join(', ')}]`;
  const tensor = checkpoint.tensors.get(name);
  if (tensor === undefined) {
    throw new ConfigError(
      `${name}: expected this tensor ${expected}, got none. ` +
        'Check that all weight files are there and that config.json belongs to them.',
    );
  }
  const got = `[${tensor.shape.join(', ')}]`;
  if (got !== expected) {
    throw new ConfigError(
      `${name}: expected shape ${expected} by config.json, got ${got}. Check that config.json belongs to these weights.`,
    );
  }
  deviceDType(name, tensor.dtype);
}
