import { pack } from '../../pack';
import type { Rotation } from './tape';

/** A config.json, as drawn. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** What the block at an index of the base model has of its own, besides weights. */
export interface LayerSettings {
  readonly window: number | null;
  /** Makes the rotation for a sequence of so many tokens; null without rotary embedding. */
  readonly rotation: ((tokens: number) => Rotation) | null;
}

/** What a model computes, read from config.json by the formulas of transformers' modelling files. */
export interface Settings {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly layers: readonly LayerSettings[];
  readonly normEpsilon: number;
  /** Added to stored gains. */
  readonly gainOffset: number;
  readonly activation: 'silu' | 'gelu';
  /** Where norms of the stream stand: before each part, after each part, or both. */
  readonly norms: 'before' | 'after' | 'both';
  readonly queryKeyNorms: 'head' | 'width' | null;
  readonly scoreScale: number;
  readonly scoreCap: number | null;
  readonly logitCap: number | null;
  readonly logitDivisor: number;
  readonly embeddingFactor: number;
  readonly residualFactor: number;
  readonly tied: boolean;
}

const number = (raw: RawConfig, name: string, otherwise: number): number => {
  const value = raw[name] ?? otherwise;
  if (typeof value !== 'number') throw new Error(`${name} is not a number`);
  return value;
};
const orNull = (raw: RawConfig, name: string): number | null =>
  raw[name] === undefined || raw[name] === null ? null : number(raw, name, 0);

export function settingsOf(raw: RawConfig): Settings {
  const [name] = raw['architectures'] as string[];
  const gemma = name === 'Gemma2ForCausalLM' || name === 'Gemma3ForCausalLM';
  const granite = name === 'GraniteForCausalLM';
  const hidden = number(raw, 'hidden_size', 0);
  const heads = number(raw, 'num_attention_heads', 0);
  const headDim = number(raw, 'head_dim', hidden / heads);
  return {
    hidden,
    heads,
    kvHeads: number(raw, 'num_key_value_heads', heads),
    headDim,
    layers: Array.from({ length: number(raw, 'num_hidden_layers', 0) }, (_, i) =>
      layerOf(raw, name ?? '', headDim, i),
    ),
    normEpsilon: number(raw, 'rms_norm_eps', 1e-6),
    gainOffset: gemma ? 1 : 0,
    activation: gemma ? 'gelu' : 'silu',
    norms: gemma ? 'both' : name === 'Olmo2ForCausalLM' ? 'after' : 'before',
    queryKeyNorms:
      name === 'Olmo2ForCausalLM'
        ? 'width'
        : name === 'Qwen3ForCausalLM' || name === 'Gemma3ForCausalLM'
          ? 'head'
          : null,
    scoreScale: gemma
      ? number(raw, 'query_pre_attn_scalar', 256) ** -0.5
      : granite
        ? number(raw, 'attention_multiplier', 1)
        : headDim ** -0.5,
    scoreCap: name === 'Gemma2ForCausalLM' ? orNull(raw, 'attn_logit_softcapping') : null,
    logitCap: gemma ? orNull(raw, 'final_logit_softcapping') : null,
    logitDivisor: granite ? number(raw, 'logits_scaling', 1) : 1,
    embeddingFactor: gemma ? roundedRoot(hidden, raw) : granite ? number(raw, 'embedding_multiplier', 1) : 1,
    residualFactor: granite ? number(raw, 'residual_multiplier', 1) : 1,
    tied: raw['tie_word_embeddings'] === true,
  };
}

/** Gemma multiplies by √hidden in the dtype of the model. */
function roundedRoot(hidden: number, raw: RawConfig): number {
  const root = Math.sqrt(hidden);
  if (raw['torch_dtype'] === 'float16') return pack(Float64Array.of(root), 'f16').values[0] as number;
  if (raw['torch_dtype'] !== 'bfloat16') return Math.fround(root);
  // `pack` cuts bfloat16 off; adding half of what is cut off rounds to nearest.
  return pack(Float64Array.of(root * (1 + 2 ** -9)), 'bf16').values[0] as number;
}

function layerOf(raw: RawConfig, name: string, headDim: number, i: number): LayerSettings {
  const window = orNull(raw, 'sliding_window');
  const roped = name !== 'SmolLM3ForCausalLM' || (raw['no_rope_layers'] as number[])[i] === 1;
  const slides =
    name === 'MistralForCausalLM'
      ? true
      : name === 'Qwen2ForCausalLM' || name === 'Qwen3ForCausalLM'
        ? raw['use_sliding_window'] === true && i >= number(raw, 'max_window_layers', 28)
        : name === 'SmolLM3ForCausalLM'
          ? raw['use_sliding_window'] === true && !roped
          : name === 'Gemma2ForCausalLM'
            ? i % 2 === 0
            : name === 'Gemma3ForCausalLM'
              ? (i + 1) % number(raw, 'sliding_window_pattern', 6) !== 0
              : false;
  const local = name === 'Gemma3ForCausalLM' && slides;
  return {
    window: slides ? window : null,
    rotation: !roped
      ? null
      : local
        ? (tokens) => rotation(raw, headDim, number(raw, 'rope_local_base_freq', 10_000), undefined, tokens)
        : (tokens) =>
            rotation(
              raw,
              headDim,
              number(raw, 'rope_theta', 10_000),
              raw['rope_scaling'] as RawConfig | undefined,
              tokens,
            ),
  };
}

/** As `modeling_rope_utils.py` of transformers. */
function rotation(
  raw: RawConfig,
  dim: number,
  theta: number,
  scaling: RawConfig | null | undefined,
  tokens: number,
): Rotation {
  const plain = (base: number, pair: number): number => 1 / base ** ((2 * pair) / dim);
  const still = { factor: 1 };
  if (!scaling) return { ...still, angle: (position, pair) => position * plain(theta, pair) };
  const factor = number(scaling, 'factor', 1);
  const longest = number(raw, 'max_position_embeddings', 2048);
  const original = number(scaling, 'original_max_position_embeddings', longest);
  switch (scaling['rope_type']) {
    case 'linear':
      return { ...still, angle: (position, pair) => (position / factor) * plain(theta, pair) };
    case 'dynamic': {
      const length = Math.max(tokens, longest);
      const base = theta * ((factor * length) / longest - (factor - 1)) ** (dim / (dim - 2));
      return { ...still, angle: (position, pair) => position * plain(base, pair) };
    }
    case 'llama3': {
      const low = number(scaling, 'low_freq_factor', 1);
      const high = number(scaling, 'high_freq_factor', 4);
      const frequency = (pair: number): number => {
        const inverse = plain(theta, pair);
        const wavelength = (2 * Math.PI) / inverse;
        if (wavelength < original / high) return inverse;
        if (wavelength > original / low) return inverse / factor;
        const smooth = (original / wavelength - low) / (high - low);
        return ((1 - smooth) * inverse) / factor + smooth * inverse;
      };
      return { ...still, angle: (position, pair) => position * frequency(pair) };
    }
    case 'yarn': {
      const dimension = (turns: number): number =>
        (dim * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
      const low = Math.max(Math.floor(dimension(number(scaling, 'beta_fast', 32))), 0);
      const last = Math.min(Math.ceil(dimension(number(scaling, 'beta_slow', 1))), dim - 1);
      const high = low === last ? last + 0.001 : last;
      const frequency = (pair: number): number => {
        const ramp = Math.min(1, Math.max(0, (pair - low) / (high - low)));
        const inverse = plain(theta, pair);
        return (inverse / factor) * ramp + inverse * (1 - ramp);
      };
      const attention = factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
      return {
        factor: number(scaling, 'attention_factor', attention),
        angle: (position, pair) => position * frequency(pair),
      };
    }
    default:
      throw new Error(`no twin of RoPE scaling ${String(scaling['rope_type'])}`);
  }
}
