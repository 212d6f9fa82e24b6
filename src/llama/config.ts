import { decode, encode } from '../checkpoint/dtype';
import { MAX_BLOCKS } from '../checkpoint/max-blocks';
import { show } from '../legible';
import { ARCHITECTURES, type Architecture } from './architectures';
import { ConfigError, UnsupportedArchitectureError } from './errors';
import { count, flag, isRecord, positive, type JsonObject, tokenList, wrongField } from './fields';
import { type LayerKind, parseKinds } from './layer-kinds';
import { ignoredTheta, parseRope, parseRopeByKind, type RopeConfig } from './rope';

/** Largest head dimension that the backends' `attention` supports. */
const MAX_HEAD_DIM = 256;
const DEFAULT_THETA = 10_000;

/** The checked fields of config.json that the forward pass needs. Plain data. */
export interface LlamaConfig {
  /** `name` of a row of `ARCHITECTURES`. */
  readonly architecture: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  /** Maximum sequence length in tokens. */
  readonly context: number;
  readonly rmsNormEps: number;
  /** True if the head uses the embedding matrix. */
  readonly tied: boolean;
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
  /** The rotary embeddings that `kinds` name. */
  readonly ropes: readonly RopeConfig[];
  /** One for each base block. A block that is added has that of the base block it is like. */
  readonly kinds: readonly LayerKind[];
  /** Factor of attention scores. */
  readonly scoreScale: number;
  /** Soft cap of attention scores and of logits: c·tanh(x/c); null: none. */
  readonly scoreCap: number | null;
  readonly logitCap: number | null;
  /** Factors of the embeddings, of what attention and MLP add to the stream, and of the logits (before the cap). */
  readonly embeddingScale: number;
  readonly residualScale: number;
  readonly logitScale: number;
  readonly bosId?: number;
  readonly eosIds: readonly number[];
  /** For an architecture that is not in the table: why nothing can be computed, and the shapes of a block's matrices by their keys. */
  readonly unsupported?: {
    readonly reason: string;
    readonly matrices: Readonly<Record<string, readonly number[]>>;
  };
}

/** Returns the architecture of a config. @throws ConfigError if it is not supported. */
export function architectureOf(config: Pick<LlamaConfig, 'architecture'>): Architecture {
  const row = ARCHITECTURES.find(({ name }) => name === config.architecture);
  if (row === undefined) throw unsupported(config.architecture);
  return row;
}

/** @throws UnsupportedArchitectureError if the model's architecture is not in the table, so that its blocks cannot be computed. */
export function expectSupported({ architecture, unsupported: found }: LlamaConfig): void {
  if (found) throw new UnsupportedArchitectureError(architecture, found.reason);
}

const unsupported = (name: string): ConfigError =>
  new UnsupportedArchitectureError(
    name,
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
  if (row === undefined) throw unsupported(nameOf(listed ?? type));
  return row;
}

const nameOf = (given: unknown): string =>
  typeof given === 'string' ? given : given === undefined ? 'no name in config.json' : show(given);

/**
 * Checks a parsed config.json.
 * @throws ConfigError naming the field, the expected and the actual value, or the unsupported architecture, activation or RoPE
 *   scaling.
 */
export function parseConfig(given: unknown): LlamaConfig {
  if (!isRecord(given)) throw new ConfigError('config.json: expected a JSON object. Fetch the file again.');
  const row = findArchitecture(given);
  const raw: JsonObject = { ...row.defaults, ...given };
  const { field, value } = row.activation;
  const activation = raw[field] ?? value;
  if (activation !== value) throw wrongField(field, JSON.stringify(value), activation);
  if (raw['use_bidirectional_attention'])
    throw wrongField('use_bidirectional_attention', 'false or absent', raw['use_bidirectional_attention']);

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

  const layers = count(raw, 'num_hidden_layers');
  if (layers > MAX_BLOCKS) throw wrongField('num_hidden_layers', `at most ${MAX_BLOCKS}`, layers);
  const bosId = tokenList(raw, 'bos_token_id')[0];
  return {
    architecture: row.name,
    layers,
    hiddenSize,
    intermediateSize: count(raw, 'intermediate_size'),
    heads,
    kvHeads,
    headDim,
    vocabSize: count(raw, 'vocab_size'),
    context: count(raw, 'max_position_embeddings', 2048),
    rmsNormEps: positive(raw, 'rms_norm_eps', 1e-6),
    tied: flag(raw, 'tie_word_embeddings'),
    attentionBias: flag(raw, 'attention_bias'),
    mlpBias: flag(raw, 'mlp_bias'),
    ropes: ropesOf(raw, row, headDim),
    kinds: parseKinds(raw, row, layers),
    ...factorsOf(raw, row, { hiddenSize, headDim }),
    ...(bosId === undefined ? {} : { bosId }),
    eosIds: tokenList(raw, 'eos_token_id'),
  };
}

/** Says what of a config.json that `parseConfig` takes counts in another way than its reader may think, one sentence each. */
export function configNotices(raw: JsonObject): string[] {
  const theta = ignoredTheta(raw);
  if (theta === undefined) return [];
  return [
    `config.json: rope_scaling counts and rope_parameters beside it does not, as in transformers: its rope_theta ${theta} is not read.`,
  ];
}

function ropesOf(raw: JsonObject, row: Architecture, headDim: number): RopeConfig[] {
  if (!row.ropeByKind) return [parseRope(raw, headDim, DEFAULT_THETA)];
  const { full, sliding } = parseRopeByKind(raw, headDim);
  return [full, sliding];
}

type Factors = Pick<
  LlamaConfig,
  'scoreScale' | 'scoreCap' | 'logitCap' | 'embeddingScale' | 'residualScale' | 'logitScale'
>;

function factorsOf(
  raw: JsonObject,
  { factors, caps, rootEmbedding }: Architecture,
  { hiddenSize, headDim }: Pick<LlamaConfig, 'hiddenSize' | 'headDim'>,
): Factors {
  const factor = (field: string | undefined): number => (field === undefined ? 1 : positive(raw, field));
  const cap = (field: string | undefined): number | null =>
    field === undefined || (raw[field] ?? null) === null ? null : positive(raw, field);
  const scalar = factors.scoreScalar === undefined ? headDim : positive(raw, factors.scoreScalar);
  return {
    scoreScale: factors.scores === undefined ? 1 / Math.sqrt(scalar) : factor(factors.scores),
    scoreCap: cap(caps.scores),
    logitCap: cap(caps.logits),
    embeddingScale: rootEmbedding ? rounded(Math.sqrt(hiddenSize), raw) : factor(factors.embedding),
    residualScale: factor(factors.residual),
    logitScale: 1 / factor(factors.logitDivisor),
  };
}

/** Rounds a factor to the dtype that config.json names, in which transformers multiplies by it; to float32 where it names none. */
function rounded(value: number, raw: JsonObject): number {
  const dtype = raw['dtype'] ?? raw['torch_dtype'];
  const name = dtype === 'bfloat16' ? 'BF16' : dtype === 'float16' ? 'F16' : 'F32';
  return decode(encode(Float32Array.of(value), name), name)[0] ?? value;
}
