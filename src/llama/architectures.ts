import type { Activation } from '../backend/operations';
import type { JsonObject } from './fields';

/** Names of a block's projections in the checkpoint, without the block's prefix and `.weight`. */
export const PROJECTIONS = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** Names of a block's norms likewise. */
export type NormName =
  | 'input_layernorm'
  | 'post_attention_layernorm'
  | 'pre_feedforward_layernorm'
  | 'post_feedforward_layernorm'
  | 'self_attn.q_norm'
  | 'self_attn.k_norm';

export type BlockTensorName = Projection | NormName;

/** The norms of a block over the residual stream's width, by where they stand: before a part reads the stream, or after it, before
 * what it made is added. */
interface BlockNorms {
  readonly beforeAttention?: NormName;
  readonly afterAttention?: NormName;
  readonly beforeMlp?: NormName;
  readonly afterMlp?: NormName;
}

/**
 * Blocks with a sliding window. `layer_types` says which they are (but for `all`); the rules are for files without it: all blocks;
 * those from index `max_window_layers` on; those without rotary embedding; all but every `sliding_window_pattern`-th.
 */
export interface WindowRule {
  readonly blocks: 'all' | 'from max_window_layers' | 'without rope' | 'by pattern';
  /** A flag without which no block has a window. */
  readonly flag?: 'use_sliding_window';
}

/** What differs from Llama in the models of one architecture: names, norms, biases, and the fields of config.json that they read. */
export interface Architecture {
  /** As in `architectures[0]` of config.json. */
  readonly name: string;
  /** As in `model_type`; used only if config.json names no architecture. */
  readonly modelType: string;
  /** For tables: the models' name, and what differs from Llama in the block. */
  readonly title: string;
  readonly differs: string;
  /** Prefix: block i's tensors are named `<layers><i>.<tensor of the block>`. */
  readonly layers: string;
  readonly embedding: string;
  readonly finalNorm: string;
  readonly head: string;
  /** Tensors that have a `.bias` always, or if the flag in config.json is true. */
  readonly biases: Readonly<
    Partial<Record<'always' | 'attention_bias' | 'mlp_bias', readonly BlockTensorName[]>>
  >;
  readonly norms: BlockNorms;
  /** Norms of q and k before the rotary embedding: of every head by itself (gain `[h]`), or of their whole width. */
  readonly queryKeyNorms?: 'head' | 'width';
  /** Added to the gains of all norms as they are stored. */
  readonly gainOffset: 0 | 1;
  /** The MLP's gate function, and the field and value that name it. */
  readonly activation: { readonly kind: Activation; readonly field: string; readonly value: string };
  /**
   * Fields with factors: of the embeddings, of attention scores (in place of 1/√h), and of what attention and MLP add to the stream;
   * a divisor of the logits; a number whose inverse root scales attention scores.
   */
  readonly factors: Readonly<
    Partial<Record<'embedding' | 'scores' | 'residual' | 'logitDivisor' | 'scoreScalar', string>>
  >;
  /** True: embeddings are multiplied by √hidden_size, rounded to the model's dtype. */
  readonly rootEmbedding?: boolean;
  /** Fields with soft caps c: x becomes c·tanh(x/c). */
  readonly caps: Readonly<Partial<Record<'scores' | 'logits', string>>>;
  readonly windows?: WindowRule;
  /** True: `no_rope_layers` says which blocks have a rotary embedding (1) and which have none (0). */
  readonly ropeByLayer?: boolean;
  /** True: blocks with a sliding window have a rotary embedding of their own. */
  readonly ropeByKind?: boolean;
  /** Fields that transformers fills in where config.json does not have them, other than for Llama. */
  readonly defaults: JsonObject;
}

const LLAMA: Architecture = {
  name: 'LlamaForCausalLM',
  modelType: 'llama',
  title: 'Llama 1, 2, 3',
  differs: 'nothing; RoPE scaling none, linear, dynamic, llama3, yarn',
  layers: 'model.layers.',
  embedding: 'model.embed_tokens.weight',
  finalNorm: 'model.norm.weight',
  head: 'lm_head.weight',
  biases: {
    attention_bias: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj'],
    mlp_bias: ['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'],
  },
  norms: { beforeAttention: 'input_layernorm', beforeMlp: 'post_attention_layernorm' },
  gainOffset: 0,
  activation: { kind: 'silu', field: 'hidden_act', value: 'silu' },
  factors: {},
  caps: {},
  defaults: {},
};
const ATTENTION_BIAS = { attention_bias: LLAMA.biases.attention_bias ?? [] };

const GEMMA: Pick<
  Architecture,
  'biases' | 'norms' | 'gainOffset' | 'activation' | 'rootEmbedding' | 'factors' | 'windows'
> = {
  biases: ATTENTION_BIAS,
  norms: {
    beforeAttention: 'input_layernorm',
    afterAttention: 'post_attention_layernorm',
    beforeMlp: 'pre_feedforward_layernorm',
    afterMlp: 'post_feedforward_layernorm',
  },
  gainOffset: 1,
  activation: { kind: 'gelu', field: 'hidden_activation', value: 'gelu_pytorch_tanh' },
  rootEmbedding: true,
  factors: { scoreScalar: 'query_pre_attn_scalar' },
  windows: { blocks: 'by pattern' },
};
const GEMMA_DEFAULTS = {
  hidden_activation: 'gelu_pytorch_tanh',
  head_dim: 256,
  num_key_value_heads: 4,
  query_pre_attn_scalar: 256,
  sliding_window: 4096,
  tie_word_embeddings: true,
  bos_token_id: 2,
  eos_token_id: 1,
};

/** The supported architectures. Each is tested against transformers (tests/fixtures/architectures). */
export const ARCHITECTURES: readonly Architecture[] = [
  LLAMA,
  {
    ...LLAMA,
    name: 'MistralForCausalLM',
    modelType: 'mistral',
    title: 'Mistral',
    differs: 'a sliding window in every block where `sliding_window` is set',
    biases: {},
    windows: { blocks: 'all' },
    defaults: { num_key_value_heads: 8, max_position_embeddings: 131_072, sliding_window: 4096 },
  },
  {
    ...LLAMA,
    name: 'Qwen2ForCausalLM',
    modelType: 'qwen2',
    title: 'Qwen 2, 2.5',
    differs: 'biases of q, k and v; sliding windows in some blocks where `use_sliding_window` is set',
    biases: { always: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'] },
    windows: { blocks: 'from max_window_layers', flag: 'use_sliding_window' },
    defaults: {
      num_key_value_heads: 32,
      max_position_embeddings: 32_768,
      sliding_window: 4096,
      max_window_layers: 28,
    },
  },
  {
    ...LLAMA,
    name: 'Qwen3ForCausalLM',
    modelType: 'qwen3',
    title: 'Qwen 3',
    differs: 'norms of q and k, head by head; `head_dim` apart from the width; windows as Qwen 2',
    biases: ATTENTION_BIAS,
    queryKeyNorms: 'head',
    windows: { blocks: 'from max_window_layers', flag: 'use_sliding_window' },
    defaults: {
      num_key_value_heads: 32,
      head_dim: 128,
      max_position_embeddings: 32_768,
      sliding_window: 4096,
      max_window_layers: 28,
    },
  },
  {
    ...LLAMA,
    name: 'SmolLM3ForCausalLM',
    modelType: 'smollm3',
    title: 'SmolLM3',
    differs: 'no rotary embedding in the blocks that `no_rope_layers` names, by default every fourth',
    windows: { blocks: 'without rope', flag: 'use_sliding_window' },
    ropeByLayer: true,
    defaults: {
      num_key_value_heads: 4,
      max_position_embeddings: 32_768,
      rope_theta: 2_000_000,
      tie_word_embeddings: true,
    },
  },
  {
    ...LLAMA,
    name: 'GraniteForCausalLM',
    modelType: 'granite',
    title: 'Granite 3',
    differs:
      'factors of embeddings, attention scores and what blocks add; logits divided by `logits_scaling`',
    factors: {
      embedding: 'embedding_multiplier',
      scores: 'attention_multiplier',
      residual: 'residual_multiplier',
      logitDivisor: 'logits_scaling',
    },
    defaults: { embedding_multiplier: 1, attention_multiplier: 1, residual_multiplier: 1, logits_scaling: 1 },
  },
  {
    ...LLAMA,
    name: 'Olmo2ForCausalLM',
    modelType: 'olmo2',
    title: 'OLMo 2',
    differs: 'norms after attention and MLP instead of before; norms of q and k over their whole width',
    biases: ATTENTION_BIAS,
    norms: { afterAttention: 'post_attention_layernorm', afterMlp: 'post_feedforward_layernorm' },
    queryKeyNorms: 'width',
    defaults: { rms_norm_eps: 1e-5 },
  },
  {
    ...LLAMA,
    ...GEMMA,
    name: 'Gemma2ForCausalLM',
    modelType: 'gemma2',
    title: 'Gemma 2',
    differs:
      'norms before and after both parts, their gains stored less 1; GELU; embeddings times √width; soft caps of scores and logits; a sliding window in every second block',
    caps: { scores: 'attn_logit_softcapping', logits: 'final_logit_softcapping' },
    defaults: {
      ...GEMMA_DEFAULTS,
      max_position_embeddings: 8192,
      sliding_window_pattern: 2,
      attn_logit_softcapping: 50,
      final_logit_softcapping: 30,
    },
  },
  {
    ...LLAMA,
    ...GEMMA,
    name: 'Gemma3ForCausalLM',
    modelType: 'gemma3_text',
    title: 'Gemma 3, text',
    differs:
      'as Gemma 2 without the cap of scores; norms of q and k, head by head; five of six blocks have a window, and another RoPE base',
    queryKeyNorms: 'head',
    caps: { logits: 'final_logit_softcapping' },
    ropeByKind: true,
    defaults: {
      ...GEMMA_DEFAULTS,
      max_position_embeddings: 131_072,
      sliding_window_pattern: 6,
      rope_theta: 1_000_000,
      rope_local_base_freq: 10_000,
    },
  },
];
