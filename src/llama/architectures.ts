/** Names of a block's tensors in the checkpoint, without the block's prefix and `.weight`. */
export type BlockTensorName =
  | 'input_layernorm'
  | 'self_attn.q_proj'
  | 'self_attn.k_proj'
  | 'self_attn.v_proj'
  | 'self_attn.o_proj'
  | 'post_attention_layernorm'
  | 'mlp.gate_proj'
  | 'mlp.up_proj'
  | 'mlp.down_proj';

/** Tensor names of a checkpoint of one architecture. */
export interface Architecture {
  /** As in `architectures[0]` of config.json. */
  readonly name: string;
  /** As in `model_type`; used only if config.json names no architecture. */
  readonly modelType: string;
  /** Prefix: block i's tensors are named `<layers><i>.<tensor of the block>`. */
  readonly layers: string;
  readonly embedding: string;
  readonly finalNorm: string;
  readonly head: string;
  /** Tensors that have a `.bias` if the flag in config.json is true. */
  readonly biases: Readonly<Record<'attention_bias' | 'mlp_bias', readonly BlockTensorName[]>>;
}

export const ARCHITECTURES: readonly Architecture[] = [
  {
    name: 'LlamaForCausalLM',
    modelType: 'llama',
    layers: 'model.layers.',
    embedding: 'model.embed_tokens.weight',
    finalNorm: 'model.norm.weight',
    head: 'lm_head.weight',
    biases: {
      attention_bias: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj'],
      mlp_bias: ['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'],
    },
  },
];
