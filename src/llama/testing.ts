import { readdir, readFile } from 'node:fs/promises';
import { CpuBackend } from '../backend/cpu/backend';
import { Checkpoint } from '../checkpoint/checkpoint';
import { encode } from '../checkpoint/dtype';
import { MemoryFiles } from '../checkpoint/sources';
import { randomSource } from '../random';
import { blockShapes, blockTensorName } from './block';
import { checkTensors } from './check';
import { architectureOf, type LlamaConfig, parseConfig } from './config';
import type { LlamaModel } from './model';

/** For tests of this folder and those above: small models, and a backend with a small tensor limit. */

const SHIPPED = new URL('../../public/models/interlayer-fairy-1.7m/', import.meta.url);

/** Reads the files of the shipped model into memory. */
export const shippedFiles = (): Promise<MemoryFiles> => filesIn(SHIPPED, 'shipped');

/** Reads the files of a folder of this checkout into memory. */
export const checkoutFiles = (folder: string): Promise<MemoryFiles> =>
  filesIn(new URL(`../../${folder}/`, import.meta.url), folder);

async function filesIn(folder: URL, name: string): Promise<MemoryFiles> {
  const names = await readdir(folder);
  const read = names.map(async (name) => [name, await readFile(new URL(name, folder))] as const);
  const plain = (await Promise.all(read)).map(([name, data]) => [name, new Uint8Array(data)] as const);
  return new MemoryFiles(new Map(plain), name);
}

export interface TinyTensor {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Returns the bytes of a safetensors file with these tensors in this order. */
export function safetensors(tensors: ReadonlyMap<string, TinyTensor>): Uint8Array {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, values }] of tensors) {
    const data = encode(values, dtype);
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
    parts.push(data);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let end = 8 + text.length;
  for (const part of parts) {
    file.set(part, end);
    end += part.length;
  }
  return file;
}

/** Opens a checkpoint in memory. */
export function tinyCheckpoint(
  config: Readonly<Record<string, unknown>>,
  tensors: ReadonlyMap<string, TinyTensor>,
): Promise<Checkpoint> {
  const files = new Map([
    ['config.json', new TextEncoder().encode(JSON.stringify(config))],
    ['model.safetensors', safetensors(tensors)],
  ]);
  return Checkpoint.open(new MemoryFiles(files, 'tiny'));
}

/** Returns random values for every tensor of a config: norms near 1, others near 0. A tied model has no head. */
export function randomTensors(
  config: LlamaConfig,
  seed: number,
  dtype: TinyTensor['dtype'] = 'F32',
): Map<string, TinyTensor> {
  const random = randomSource(seed);
  const tensors = new Map<string, TinyTensor>();
  const add = (name: string, shape: readonly number[]): void => {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const centre = name.includes('norm') ? 1 - architectureOf(config).gainOffset : 0;
    const values = Float32Array.from({ length: size }, () => centre + (random() - 0.5) * 0.8);
    tensors.set(name, { dtype, shape, values });
  };
  add('model.embed_tokens.weight', [config.vocabSize, config.hiddenSize]);
  for (let index = 0; index < config.layers; index++) {
    for (const [key, shape] of blockShapes(config)) add(blockTensorName(config, index, key), shape);
  }
  add('model.norm.weight', [config.hiddenSize]);
  if (!config.tied) add('lm_head.weight', [config.vocabSize, config.hiddenSize]);
  return tensors;
}

/** config.json of a small model with unusual sizes: grouped heads whose dimension is not hidden/heads. */
export const TINY = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 20,
  intermediate_size: 28,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  vocab_size: 37,
  max_position_embeddings: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 500,
  tie_word_embeddings: false,
  bos_token_id: 1,
  eos_token_id: 2,
} as const;

/** Returns a random checkpoint of `TINY` with replaced `fields`, and its checked config. */
export async function randomModel(
  fields: Readonly<Record<string, unknown>>,
  seed: number,
  dtype: TinyTensor['dtype'] = 'F32',
): Promise<{ config: LlamaConfig; checkpoint: Checkpoint; tensors: Map<string, TinyTensor> }> {
  const raw = { ...TINY, ...fields };
  const config = parseConfig(raw);
  const tensors = randomTensors(config, seed, dtype);
  const checkpoint = await tinyCheckpoint(raw, tensors);
  checkTensors(config, checkpoint);
  return { config, checkpoint, tensors };
}

/** The CPU backend with a different limit on the size of a tensor. */
export class SmallTensorBackend extends CpuBackend {
  override readonly info;

  constructor(maxTensorBytes: number) {
    super();
    this.info = { ...new CpuBackend().info, maxTensorBytes };
  }
}

/** Returns the logits `[ids, vocabulary]` of a model after every token. */
export async function logitsOf(model: LlamaModel, ids: ArrayLike<number>): Promise<Float32Array> {
  const [hidden] = await model.hidden([Uint32Array.from(ids)]);
  if (hidden === undefined) throw new Error('no hidden state');
  const logits = await model.logits(hidden, 0, ids.length);
  const values = await model.backend.read(logits);
  model.backend.free(logits, hidden);
  return values;
}

/** Returns the largest |got − expected|; Infinity if a value is missing or NaN. */
export function worstDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((got[i] ?? Number.NaN) - (expected[i] ?? Number.NaN));
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  return worst;
}
