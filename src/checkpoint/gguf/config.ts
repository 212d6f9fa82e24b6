import { decode } from '../dtype';
import { CheckpointError } from '../errors';
import type { ByteSource } from '../source';
import type { GgufArchitecture } from './architectures';
import { type ConfigFields, float, json, object } from './fields';
import type { GgufTensor } from './header';
import type { Metadata } from './metadata';
import { ROPE_FREQUENCIES } from './names';

/** Parameters of llama3 scaling that all models with it share; only the factor differs. */
const LLAMA3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

/** A GGUF file whose header is read. */
export interface GgufFile {
  readonly source: ByteSource;
  readonly metadata: Metadata;
  readonly tensors: readonly GgufTensor[];
  readonly architecture: GgufArchitecture;
}

/**
 * Returns config.json for a GGUF file, as transformers would write it.
 * @throws CheckpointError if metadata are missing or say what cannot be written; SourceError from the source.
 */
export async function configText(file: GgufFile, signal?: AbortSignal): Promise<string> {
  const { metadata, tensors, architecture } = file;
  const has = (name: string): boolean => tensors.some((tensor) => tensor.name === name);
  const heads = metadata.count('attention.head_count');
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  if (embedding === undefined) throw wrong(file, 'a tensor token_embd.weight', `${tensors.length} others`);
  const [activationField, activation] = architecture.activation ?? ['hidden_act', 'silu'];
  const biases: ConfigFields = architecture.noBiasFlags
    ? {}
    : { attention_bias: json(has('blk.0.attn_q.bias')), mlp_bias: json(has('blk.0.ffn_up.bias')) };
  return object({
    architectures: json([architecture.className]),
    model_type: json(architecture.modelType),
    vocab_size: json(embedding.shape[0]),
    hidden_size: json(metadata.count('embedding_length')),
    intermediate_size: json(metadata.count('feed_forward_length')),
    num_hidden_layers: json(metadata.blocks()),
    num_attention_heads: json(heads),
    num_key_value_heads: json(metadata.count('attention.head_count_kv', heads)),
    head_dim: json(metadata.headDim()),
    [activationField]: json(activation),
    max_position_embeddings: json(metadata.count('context_length')),
    rms_norm_eps: float(metadata.positive('attention.layer_norm_rms_epsilon')),
    rope_theta: float(metadata.positive('rope.freq_base', 10_000)),
    rope_scaling: await ropeScaling(file, signal),
    tie_word_embeddings: json(!has('output.weight')),
    ...biases,
    ...architecture.fields?.(metadata),
    ...tokenIds(metadata),
    torch_dtype: json(DTYPES[embedding.format.dtype]),
  });
}

const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Returns generation_config.json. */
export function generationConfigText(metadata: Metadata): string {
  return object({ _from_model_config: json(true), ...tokenIds(metadata) });
}

function tokenIds(metadata: Metadata): ConfigFields {
  const id = (name: string): number | undefined => {
    const value = metadata.get(`tokenizer.ggml.${name}_token_id`);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  const [bos, eos, turn, pad] = [id('bos'), id('eos'), id('eot'), id('padding')];
  const ends = [eos, turn].filter((end, index, all) => end !== undefined && all.indexOf(end) === index);
  return {
    ...(bos === undefined ? {} : { bos_token_id: json(bos) }),
    ...(ends.length === 0 ? {} : { eos_token_id: json(ends.length === 1 ? ends[0] : ends) }),
    ...(pad === undefined ? {} : { pad_token_id: json(pad) }),
  };
}

async function ropeScaling(file: GgufFile, signal: AbortSignal | undefined): Promise<string> {
  const { metadata, tensors } = file;
  const width = metadata.count('rope.dimension_count', metadata.headDim());
  if (width !== metadata.headDim()) {
    throw wrong(file, `rotary embedding over whole heads of ${metadata.headDim()}`, `over ${width}`);
  }
  const frequencies = tensors.find(({ name }) => name === ROPE_FREQUENCIES);
  if (frequencies !== undefined) return llama3Scaling(file, frequencies, signal);
  const type = metadata.own('rope.scaling.type') ?? (metadata.has('rope.scale_linear') ? 'linear' : 'none');
  switch (type) {
    case 'none':
      return 'null';
    case 'linear': {
      const factor = metadata.positive('rope.scaling.factor', metadata.positive('rope.scale_linear', 1));
      return factor === 1 ? 'null' : object({ rope_type: json('linear'), factor: float(factor) });
    }
    case 'yarn': {
      const optional: readonly (readonly [name: string, key: string])[] = [
        ['attention_factor', 'rope.scaling.yarn_attn_factor'],
        ['beta_fast', 'rope.scaling.yarn_beta_fast'],
        ['beta_slow', 'rope.scaling.yarn_beta_slow'],
      ];
      const given = optional.filter(([, key]) => metadata.has(key));
      return object({
        rope_type: json('yarn'),
        factor: float(metadata.positive('rope.scaling.factor')),
        original_max_position_embeddings: json(metadata.count('rope.scaling.original_context_length')),
        ...Object.fromEntries(given.map(([name, key]) => [name, float(metadata.positive(key))])),
      });
    }
    default:
      throw wrong(file, 'rope.scaling.type none, linear or yarn', type);
  }
}

/** Finds the factor of llama3 scaling from what each frequency is divided by, and checks that it explains all of them. */
async function llama3Scaling(
  { source, metadata, tensors, architecture }: GgufFile,
  tensor: GgufTensor,
  signal: AbortSignal | undefined,
): Promise<string> {
  const file = { source, metadata, tensors, architecture };
  if (tensor.format.name !== 'F32') throw wrong(file, `${tensor.name} in F32`, tensor.format.name);
  const divisors = decode(await source.read(tensor.offset, tensor.bytes, signal), 'F32');
  const factor = divisors.reduce((most, divisor) => Math.max(most, divisor), 1);
  const theta = metadata.positive('rope.freq_base', 10_000);
  const headDim = metadata.headDim();
  const expected = Array.from({ length: headDim / 2 }, (_, pair) => {
    const turns =
      (LLAMA3.original_max_position_embeddings * theta ** ((-2 * pair) / headDim)) / (2 * Math.PI);
    const { low_freq_factor: low, high_freq_factor: high } = LLAMA3;
    const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return 1 / ((1 - share) / factor + share);
  });
  const same =
    divisors.length === expected.length &&
    expected.every((divisor, pair) => Math.abs((divisors[pair] ?? 0) / divisor - 1) < 1e-3);
  if (!same) {
    throw wrong(
      file,
      `${tensor.name} to be llama3 scaling of a context of ${LLAMA3.original_max_position_embeddings}`,
      `other divisors up to ${factor}`,
    );
  }
  return object({
    rope_type: json('llama3'),
    factor: float(factor),
    low_freq_factor: float(LLAMA3.low_freq_factor),
    high_freq_factor: float(LLAMA3.high_freq_factor),
    original_max_position_embeddings: json(LLAMA3.original_max_position_embeddings),
  });
}

const wrong = ({ source }: GgufFile, expected: string, got: string): CheckpointError =>
  new CheckpointError(
    `${source.name}: expected ${expected}, got ${got}. Take the model's safetensors files instead.`,
  );
