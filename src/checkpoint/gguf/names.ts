import { CheckpointError } from '../errors';
import { show } from '../../legible';
import type { GgufArchitecture } from './architectures';

const OUTER: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};

const IN_BLOCK: Readonly<Record<string, string>> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** Per rotary pair, by what llama3 scaling divides its frequency; goes into config.json. */
export const ROPE_FREQUENCIES = 'rope_freqs.weight';

/**
 * Returns the name that transformers gives a tensor of a GGUF file; undefined for `rope_freqs.weight`, which is no weight.
 * @throws CheckpointError if the architecture has no such tensor.
 */
export function hubName(file: string, name: string, architecture: GgufArchitecture): string | undefined {
  if (name === ROPE_FREQUENCIES) return undefined;
  const [, block, part = '', kind] = /^(?:blk\.(\d+)\.)?([a-z_]+)\.(weight|bias)$/.exec(name) ?? [];
  const names = block === undefined ? OUTER : { ...IN_BLOCK, ...architecture.norms };
  const found = Object.hasOwn(names, part) ? names[part] : undefined;
  if (found === undefined || kind === undefined) {
    throw new CheckpointError(
      `${file}: expected only tensors of ${architecture.className}, got ${show(name)}. Take a file of a dense model, converted by llama.cpp without fusing tensors.`,
    );
  }
  return `${block === undefined ? '' : `model.layers.${block}.`}${found}.${kind}`;
}
