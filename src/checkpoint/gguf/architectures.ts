import type { Metadata } from './metadata';
import { type ConfigFields, float, json } from './fields';

/** What one architecture of llama.cpp is called in transformers, and how llama.cpp's converter changed its tensors. */
export interface GgufArchitecture {
  /** As in `general.architecture`. */
  readonly name: string;
  /** As in `architectures[0]` of config.json. */
  readonly className: string;
  readonly modelType: string;
  /**
   * True if the rows of q and k are stored so that the two of a rotary pair follow each other
   * (`LlamaModel.permute` of ggml-org/llama.cpp:convert_hf_to_gguf.py).
   */
  readonly interleaved: boolean;
  /** What the converter added to the weights of norms: 1 where the model computes with 1 + weight. */
  readonly normShift: 0 | 1;
  /** Names of a block's norms in transformers, by their names in GGUF. */
  readonly norms: Readonly<Record<string, string>>;
  /** The tensors that have biases by definition or not at all: config.json has no flags for them. */
  readonly noBiasFlags?: boolean;
  /** Name of the activation in config.json; silu if absent. */
  readonly activation?: readonly [field: string, value: string];
  /** Fields of config.json that only this architecture has. */
  readonly fields?: (metadata: Metadata) => ConfigFields;
}

const BEFORE = { attn_norm: 'input_layernorm', ffn_norm: 'post_attention_layernorm' };
const QUERY_KEY = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' };
const AFTER = {
  post_attention_norm: 'post_attention_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
};
const SANDWICH = { attn_norm: 'input_layernorm', ffn_norm: 'pre_feedforward_layernorm', ...AFTER };

const llama: Omit<GgufArchitecture, 'name' | 'className' | 'modelType'> = {
  interleaved: true,
  normShift: 0,
  norms: BEFORE,
};

const gemma: Omit<GgufArchitecture, 'name' | 'className' | 'modelType'> = {
  interleaved: false,
  normShift: 1,
  norms: SANDWICH,
  activation: ['hidden_activation', 'gelu_pytorch_tanh'],
};

/** Architectures of GGUF files, as llama.cpp's converter writes them. */
export const GGUF_ARCHITECTURES: readonly GgufArchitecture[] = [
  { ...llama, name: 'llama', className: 'LlamaForCausalLM', modelType: 'llama' },
  {
    ...llama,
    name: 'smollm3',
    className: 'SmolLM3ForCausalLM',
    modelType: 'smollm3',
    // llama.cpp leaves the rotary embedding out of every fourth block, whatever the file says.
    fields: (metadata) => ({
      no_rope_layers: json(perBlock(metadata, (index) => (index % 4 === 3 ? 0 : 1))),
    }),
  },
  {
    ...llama,
    name: 'granite',
    className: 'GraniteForCausalLM',
    modelType: 'granite',
    fields: (metadata) => ({
      attention_multiplier: float(metadata.positive('attention.scale')),
      embedding_multiplier: float(metadata.positive('embedding_scale', 1)),
      residual_multiplier: float(metadata.positive('residual_scale', 1)),
      logits_scaling: float(metadata.positive('logit_scale', 1)),
    }),
  },
  {
    name: 'qwen2',
    className: 'Qwen2ForCausalLM',
    modelType: 'qwen2',
    interleaved: false,
    normShift: 0,
    norms: BEFORE,
    noBiasFlags: true,
  },
  {
    name: 'qwen3',
    className: 'Qwen3ForCausalLM',
    modelType: 'qwen3',
    interleaved: false,
    normShift: 0,
    norms: { ...BEFORE, ...QUERY_KEY },
  },
  {
    name: 'olmo2',
    className: 'Olmo2ForCausalLM',
    modelType: 'olmo2',
    interleaved: false,
    normShift: 0,
    norms: { ...QUERY_KEY, ...AFTER },
  },
  {
    ...gemma,
    name: 'gemma2',
    className: 'Gemma2ForCausalLM',
    modelType: 'gemma2',
    fields: (metadata) => ({
      query_pre_attn_scalar: json(gemmaScalar(metadata, 46)),
      attn_logit_softcapping: float(metadata.positive('attn_logit_softcapping', 50)),
      final_logit_softcapping: float(metadata.positive('final_logit_softcapping', 30)),
      sliding_window: json(metadata.count('attention.sliding_window', 4096)),
      layer_types: json(perBlock(metadata, (index) => layerType(index % 2 === 0))),
    }),
  },
  {
    ...gemma,
    name: 'gemma3',
    className: 'Gemma3ForCausalLM',
    modelType: 'gemma3_text',
    norms: { ...SANDWICH, ...QUERY_KEY },
    fields: (metadata) => ({
      query_pre_attn_scalar: json(gemmaScalar(metadata, 62)),
      rope_local_base_freq: float(metadata.positive('rope.freq_base_swa', 10_000)),
      sliding_window: json(metadata.count('attention.sliding_window')),
      layer_types: json(perBlock(metadata, (index) => layerType(index % 6 !== 5))),
    }),
  },
];

const perBlock = <T>(metadata: Metadata, entry: (index: number) => T): T[] =>
  Array.from({ length: metadata.blocks() }, (_, index) => entry(index));

const layerType = (sliding: boolean): string => (sliding ? 'sliding_attention' : 'full_attention');

/** Not in the file: llama.cpp takes the head's width, but for the 27B models, which it knows by their depth. */
const gemmaScalar = (metadata: Metadata, blocksOfLargest: number): number =>
  metadata.blocks() === blocksOfLargest
    ? metadata.count('embedding_length') / metadata.count('attention.head_count')
    : metadata.headDim();
