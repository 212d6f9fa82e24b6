import { ARCHITECTURES, type Architecture } from './architectures';
import { ConfigError } from './errors';
import { count, flag, isRecord, positive, type JsonObject, tokenList, wrongField } from './fields';
import { parseRope, type RopeConfig } from './rope';

/** Largest head dimension that the backends' `attention` supports. */
const MAX_HEAD_DIM = 256;

/** The checked fields of config.json that the forward pass needs. Plain data. */
export interface LlamaConfig extends RopeConfig {
  /** `name` of a row of `ARCHITECTURES`. */
  readonly architecture: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly vocabSize: number;
  /** Maximum sequence length in tokens. */
  readonly context: number;
  readonly rmsNormEps: number;
  /** True if the head uses the embedding matrix. */
  readonly tied: boolean;
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
  readonly bosId?: number;
  readonly eosIds: readonly number[];
}

/** Returns the architecture of a config. @throws ConfigError if it is not supported. */
export function architectureOf(config: Pick<LlamaConfig, 'architecture'>): Architecture {
  const row = ARCHITECTURES.find(({ name }) => name === config.architecture);
  if (row === undefined) throw unsupported(config.architecture);
  return row;
}

const unsupported = (name: string): ConfigError =>
  new ConfigError(
    `Expected a model of architecture ${ARCHITECTURES.map(({ name }) => name).join(', ')}, got ${name}. ` +
      'Open a model of a supported architecture.',
  );

function findArchitecture(raw: JsonObject): Architecture {
  const listed: unknown = Array.isArray(raw['architectures']) ? raw['architectures'][0] : undefined;
  const type = raw['model_type'];
  const row =
    listed === undefined
      ? ARCHITECTURES.find(({ modelType }) => modelType === type)
      : ARCHITECTURES.find(({ name }) => name === listed);
  if (row === undefined) throw unsupported(JSON.stringify(listed ?? type ?? 'no name in config.json'));
  return row;
}

/**
 * Checks a parsed config.json.
 * @throws ConfigError naming the field, the expected and the actual value, or the unsupported architecture, activation or RoPE
 *   scaling.
 */
export function parseConfig(raw: unknown): LlamaConfig {
  if (!isRecord(raw)) throw new ConfigError('config.json: expected a JSON object. Fetch the file again.');
  const architecture = findArchitecture(raw).name;
  const activation = raw['hidden_act'] ?? 'silu';
  if (activation !== 'silu') throw wrongField('hidden_act', '"silu"', activation);

  const hiddenSize = count(raw, 'hidden_size');
  const heads = count(raw, 'num_attention_heads');
  const kvHeads = count(raw, 'num_key_value_heads', heads);
  if (heads % kvHeads !== 0) throw wrongField('num_key_value_heads', `a divisor of ${heads} heads`, kvHeads);
  const headDim = count(raw, 'head_dim', hiddenSize / heads);
  if (headDim % 4 !== 0 || headDim > MAX_HEAD_DIM) {
    throw wrongField(
      'head_dim',
      `a multiple of 4 up to ${MAX_HEAD_DIM}, as the attention kernel takes it`,
      headDim,
    );
  }

  const bosId = tokenList(raw, 'bos_token_id')[0];
  return {
    architecture,
    layers: count(raw, 'num_hidden_layers'),
    hiddenSize,
    intermediateSize: count(raw, 'intermediate_size'),
    heads,
    kvHeads,
    headDim,
    vocabSize: count(raw, 'vocab_size'),
    context: count(raw, 'max_position_embeddings', 2048),
    rmsNormEps: positive(raw, 'rms_norm_eps', 1e-6),
    ...parseRope(raw),
    tied: flag(raw, 'tie_word_embeddings'),
    attentionBias: flag(raw, 'attention_bias'),
    mlpBias: flag(raw, 'mlp_bias'),
    ...(bosId === undefined ? {} : { bosId }),
    eosIds: tokenList(raw, 'eos_token_id'),
  };
}
