/** The tensors of a block, by the checkpoint's names without the block's prefix and without `.weight`. */
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

/** Where a checkpoint of one architecture keeps its tensors. */
export interface Architecture {
  /** As in `architectures[0]` of config.json. */
  readonly name: string;
  /** As in `model_type`, asked only where config.json names no architecture. */
  readonly modelType: string;
  /** Block i's tensors are `<layers><i>.<tensor of the block>`. */
  readonly layers: string;
  readonly embedding: string;
  readonly finalNorm: string;
  readonly head: string;
  /** Which tensors have a `.bias` beside their `.weight` when a flag of config.json is true. */
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
