import type { ByteSource, FileSet } from '../src/checkpoint/source';
import { normal } from './data';

interface Shape {
  readonly layers: number;
  readonly width: number;
  readonly inner: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly vocabulary: number;
  /** True if the head is the embedding. */
  readonly tied: boolean;
}

/** Shapes of published models (SmolLM-135M, Llama-3.2-1B, Llama-3-8B). */
export const SHAPES = {
  '135M': { layers: 30, width: 576, inner: 1536, heads: 9, kvHeads: 3, vocabulary: 49_152, tied: true },
  '1B': { layers: 16, width: 2048, inner: 8192, heads: 32, kvHeads: 8, vocabulary: 128_256, tied: true },
  '8B': { layers: 32, width: 4096, inner: 14_336, heads: 32, kvHeads: 8, vocabulary: 128_256, tied: false },
} as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

/** A checkpoint whose weights are made up when they are read, so that it takes no room. */
export function randomCheckpoint(name: ShapeName): FileSet {
  const { layers, width, inner, heads, kvHeads, vocabulary, tied } = SHAPES[name];
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    num_hidden_layers: layers,
    hidden_size: width,
    intermediate_size: inner,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    vocab_size: vocabulary,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: tied,
    hidden_act: 'silu',
  };
  const keys = (kvHeads * width) / heads;
  const block = {
    'self_attn.q_proj': [width, width],
    'self_attn.k_proj': [keys, width],
    'self_attn.v_proj': [keys, width],
    'self_attn.o_proj': [width, width],
    'mlp.gate_proj': [inner, width],
    'mlp.up_proj': [inner, width],
    'mlp.down_proj': [width, inner],
    input_layernorm: [width],
    post_attention_layernorm: [width],
  };
  const tensors: Record<string, readonly number[]> = {
    'model.embed_tokens.weight': [vocabulary, width],
    'model.norm.weight': [width],
  };
  if (!tied) tensors['lm_head.weight'] = [vocabulary, width];
  for (let layer = 0; layer < layers; layer++)
    for (const [part, shape] of Object.entries(block))
      tensors[`model.layers.${layer}.${part}.weight`] = shape;
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([tensor, shape]) => {
      const start = end;
      end += 2 * shape.reduce((product, size) => product * size, 1);
      return [tensor, { dtype: 'BF16', shape, data_offsets: [start, end] }];
    }),
  );
  const text = new TextEncoder();
  const json = text.encode(JSON.stringify(header));
  const head = new Uint8Array(8 + json.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(json.length), true);
  head.set(json, 8);
  const files: Record<string, ByteSource> = {
    'config.json': source('config.json', text.encode(JSON.stringify(config)), 0),
    'model.safetensors': source('model.safetensors', head, end),
  };
  return { name: `random-${name}`, open: async (file) => files[file] };
}

/** The numbers repeat after so many, a prime, so that rows differ. */
const DIFFERENT = 1_999_993;
let bits: Uint16Array | undefined;

/** A file of `head` and `more` bytes of random bf16 numbers. */
function source(name: string, head: Uint8Array, more: number): ByteSource {
  return {
    name,
    size: head.length + more,
    read: async (offset, length) => {
      if (offset + length <= head.length) return head.slice(offset, offset + length);
      bits ??= Uint16Array.from(
        new Uint32Array(normal(DIFFERENT).map((x) => 0.02 * x).buffer),
        (word) => word >>> 16,
      );
      const first = (offset - head.length) / 2;
      const values = new Uint16Array(length / 2);
      for (let at = 0; at < values.length;) {
        const from = (first + at) % DIFFERENT;
        const part = bits.subarray(from, Math.min(DIFFERENT, from + values.length - at));
        values.set(part, at);
        at += part.length;
      }
      return new Uint8Array(values.buffer);
    },
  };
}
