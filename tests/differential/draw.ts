import { ARCHITECTURES } from '../../src/llama/architectures';
import { blockShapes, blockTensorName } from '../../src/llama/block';
import { parseConfig } from '../../src/llama/config';
import { DEFAULT_RECIPE, type Recipe } from '../../src/recipe/schema';
import { METHODS } from '../../src/upscale/methods';
import { type Packable } from '../subject';
import { pack } from '../pack';
import { Random } from '../random';
import type { RawConfig } from './twin/settings';

/** A stored tensor: its bytes and the exact numbers in them. */
export interface DrawnTensor {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
}

/** One random configuration: a model, a recipe and a text. */
export interface Draw {
  readonly seed: number;
  readonly index: number;
  readonly config: RawConfig;
  readonly dtype: Packable;
  /** What is unusual about its weights. */
  readonly weights: WeightKind;
  readonly tensors: ReadonlyMap<string, DrawnTensor>;
  /** Windows of token ids. */
  readonly windows: readonly (readonly number[])[];
  readonly recipe: Recipe;
  /** First counted token of every window, for training. */
  readonly from: readonly number[];
  readonly keepActivations: boolean;
}

export type WeightKind =
  | 'usual'
  | 'equal rows'
  | 'zero rows'
  | 'equal blocks'
  | 'permuted blocks'
  | 'scale 1e-6'
  | 'scale 1e-3'
  | 'scale 30'
  | 'scale 1e4';

class Chooser {
  readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  of<T>(...choices: readonly T[]): T {
    return choices[Math.floor(this.random.uniform() * choices.length)] as T;
  }

  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.random.uniform() * (most - least + 1));
  }
}

/** Makes draw `index` of a seed. */
export function drawOf(seed: number, index: number): Draw {
  const chooser = new Chooser((Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  const dtype = chooser.of<Packable>('f32', 'f32', 'f16', 'bf16');
  const config = configOf(chooser, dtype);
  const weights = chooser.chance(0.6)
    ? 'usual'
    : chooser.of<WeightKind>(
        'equal rows',
        'zero rows',
        'equal blocks',
        'permuted blocks',
        'scale 1e-6',
        'scale 1e-3',
        'scale 30',
        'scale 1e4',
      );
  const tensors = tensorsOf(chooser, config, dtype, weights);
  const vocabulary = config['vocab_size'] as number;
  const equal = chooser.chance(0.4) ? chooser.whole(2, 13) : undefined;
  const windows = Array.from({ length: chooser.of(1, 2, 2, 3) }, () =>
    Array.from({ length: equal ?? chooser.of(2, 3, chooser.whole(2, 20)) }, () =>
      chooser.whole(0, vocabulary - 1),
    ),
  );
  return {
    seed,
    index,
    config,
    dtype,
    weights,
    tensors,
    windows,
    recipe: recipeOf(chooser, config),
    from: windows.map(({ length }) => (chooser.chance(0.6) ? 1 : chooser.whole(1, length - 1))),
    keepActivations: chooser.chance(0.5),
  };
}

function configOf(chooser: Chooser, dtype: Packable): RawConfig {
  const { name } = chooser.of(...ARCHITECTURES);
  const kvHeads = chooser.of(1, 1, 2, 3);
  const heads = kvHeads * chooser.of(1, 1, 2, 3);
  // At most 48 rows, because a software adapter computes the plans of all draws.
  const headDim = Math.min(chooser.of(4, 4, 8, 8, 12, 16), 4 * Math.floor(12 / heads));
  const layers = chooser.of(2, 2, 3, 4);
  const window = chooser.whole(1, 9);
  const longest = chooser.of(8, 16, 64);
  const common = {
    architectures: [name],
    hidden_size: chooser.chance(0.06) ? 1 : chooser.of(4, 8, 12, 16, 20, 33, 48),
    intermediate_size: chooser.chance(0.08) ? 1 : chooser.of(3, 8, 16, 24, 41),
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headDim,
    vocab_size: chooser.of(2, 32, 37, 64),
    max_position_embeddings: longest,
    rms_norm_eps: chooser.of(1e-6, 1e-5, 1e-3),
    tie_word_embeddings: chooser.chance(0.5),
    ...(dtype === 'f32' ? {} : { torch_dtype: dtype === 'f16' ? 'float16' : 'bfloat16' }),
    bos_token_id: 0,
    eos_token_id: 1,
  };
  const rope = {
    rope_theta: chooser.of(100, 500, 10_000, 1_000_000),
    ...(chooser.chance(0.5) ? {} : { rope_scaling: scalingOf(chooser, longest) }),
  };
  const biases = { attention_bias: chooser.chance(0.4) };
  const switched = {
    use_sliding_window: chooser.chance(0.7),
    sliding_window: window,
    max_window_layers: chooser.whole(0, layers),
  };
  const gemma = {
    ...biases,
    query_pre_attn_scalar: chooser.of(headDim, 7, 64),
    sliding_window: window,
    final_logit_softcapping: chooser.of<number | null>(null, 5, 30),
    attn_logit_softcapping: chooser.of<number | null>(null, 2, 50),
  };
  switch (name) {
    case 'MistralForCausalLM':
      return { ...common, ...rope, sliding_window: chooser.chance(0.7) ? window : null };
    case 'Qwen2ForCausalLM':
      return { ...common, ...rope, ...switched };
    case 'Qwen3ForCausalLM':
      return { ...common, ...rope, ...biases, ...switched };
    case 'SmolLM3ForCausalLM':
      return {
        ...common,
        ...rope,
        ...biases,
        mlp_bias: chooser.chance(0.4),
        ...switched,
        no_rope_layers: Array.from({ length: layers }, () => chooser.of(0, 1)),
      };
    case 'GraniteForCausalLM':
      return {
        ...common,
        ...rope,
        ...biases,
        mlp_bias: chooser.chance(0.4),
        embedding_multiplier: chooser.of(1, 12, 0.3),
        attention_multiplier: chooser.of(1, 0.2, 0.0078125),
        residual_multiplier: chooser.of(1, 0.22, 2),
        logits_scaling: chooser.of(1, 8, 0.5),
      };
    case 'Gemma2ForCausalLM':
      return { ...common, ...rope, ...gemma };
    case 'Gemma3ForCausalLM':
      return {
        ...common,
        ...rope,
        ...gemma,
        attn_logit_softcapping: null,
        rope_local_base_freq: chooser.of(100, 10_000),
        sliding_window_pattern: chooser.of(2, 3, 6),
      };
    case 'Olmo2ForCausalLM':
      return { ...common, ...rope, ...biases };
    default:
      return { ...common, ...rope, ...biases, mlp_bias: chooser.chance(0.4) };
  }
}

function scalingOf(chooser: Chooser, longest: number): RawConfig {
  const original = longest / chooser.of(2, 4);
  switch (chooser.of('linear', 'dynamic', 'llama3', 'yarn')) {
    case 'linear':
      return { rope_type: 'linear', factor: chooser.of(2, 3.5) };
    case 'dynamic':
      return { rope_type: 'dynamic', factor: chooser.of(2, 3.5) };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: chooser.of(2, 8),
        low_freq_factor: 1,
        high_freq_factor: chooser.of(2, 4),
        original_max_position_embeddings: original,
      };
    default:
      return {
        rope_type: 'yarn',
        factor: longest / original,
        original_max_position_embeddings: original,
        ...(chooser.chance(0.3) ? { attention_factor: 1.3 } : {}),
        ...(chooser.chance(0.3) ? { beta_fast: 8, beta_slow: 0.5 } : {}),
      };
  }
}

function tensorsOf(
  chooser: Chooser,
  raw: RawConfig,
  dtype: Packable,
  kind: WeightKind,
): Map<string, DrawnTensor> {
  const config = parseConfig(raw);
  const offset = String(raw['architectures']).includes('Gemma') ? 1 : 0;
  const { random } = chooser;
  const spread = chooser.of(0.05, 0.3, 1);
  const scale =
    { 'scale 1e-6': 1e-6, 'scale 1e-3': 1e-3, 'scale 30': 30, 'scale 1e4': 1e4 }[kind as string] ?? 1;
  const tensors = new Map<string, DrawnTensor>();
  const add = (name: string, shape: readonly number[], values: Float64Array): void => {
    const packed = pack(
      values.map((value) => Math.max(-60_000, Math.min(60_000, value))),
      dtype,
    );
    tensors.set(name, { shape, ...packed });
  };
  const usual = (name: string, shape: readonly number[], factor: number): Float64Array => {
    const count = shape.reduce((product, size) => product * size, 1);
    if (!name.includes('norm')) return random.normals(count, factor * spread);
    return random.normals(count, 0.2).map((value) => value + 1 - offset);
  };
  add(
    'model.embed_tokens.weight',
    [config.vocabSize, config.hiddenSize],
    usual('', [config.vocabSize, config.hiddenSize], 1),
  );
  const shapes = [...blockShapes(config)];
  // Matrices that the next block's are like: rows that are close, in another order, is what plans find.
  let before = new Map<string, Float64Array>();
  for (let index = 0; index < config.layers; index++) {
    const now = new Map<string, Float64Array>();
    for (const [key, shape] of shapes) {
      let values = usual(key, shape, scale);
      const rows = shape[0] ?? 1;
      const width = values.length / rows;
      const last = before.get(key);
      if (kind === 'equal blocks' && last) values = last;
      if (kind === 'permuted blocks' && last && !key.includes('norm')) {
        const order = random.permutation(rows);
        const noise = 0.1 * spread;
        values = last.map((_, i) => {
          const from = (order[Math.floor(i / width)] ?? 0) * width + (i % width);
          return (last[from] ?? 0) + noise * random.normal();
        });
      }
      if (kind === 'equal rows' && !key.includes('norm'))
        values = values.map((_, i) => values[i % width] ?? 0);
      if (kind === 'zero rows' && !key.includes('norm'))
        values = values.map((value, i) => (Math.floor(i / width) % 3 === index % 3 ? 0 : value));
      now.set(key, values);
      add(blockTensorName(config, index, key), shape, values);
    }
    before = now;
  }
  add('model.norm.weight', [config.hiddenSize], usual('norm', [config.hiddenSize], 1));
  if (!config.tied)
    add(
      'lm_head.weight',
      [config.vocabSize, config.hiddenSize],
      usual('', [config.vocabSize, config.hiddenSize], 1),
    );
  return tensors;
}

function recipeOf(chooser: Chooser, raw: RawConfig): Recipe {
  const layers = raw['num_hidden_layers'] as number;
  const method = chooser.chance(0.6)
    ? chooser.of(
        'opt-deus:paper',
        'opt-deus:paper',
        'opt-deus:literal',
        'opt-deus:tf',
        'opt-deus:relative',
        'opt-deus:hard',
        'opt-deus:structured',
        'opt-deus:structured',
      )
    : chooser.of(...METHODS.map(({ id }) => id).filter((id) => !id.startsWith('opt-deus')));
  const all = Array.from({ length: layers - 1 }, (_, gap) => gap);
  const chosen = all.filter(() => chooser.chance(0.5));
  const gaps = chooser.chance(0.3)
    ? chooser.of('top', 'middle', 'bottom', 'ends', 'spread')
    : chosen.length > 0
      ? chosen
      : [chooser.whole(0, layers - 2)];
  const base = DEFAULT_RECIPE;
  const kind = chooser.chance(0.6)
    ? 'method'
    : chooser.of('sinkhorn', 'sinkhorn', 'exact', 'unbalanced', 'unbalanced', 'progot', 'progot');
  // The twin can follow plain iterations anywhere; of all others it knows only where they end, so these are given what they need.
  const plain = chooser.chance(0.6) && (kind === 'method' || kind === 'sinkhorn');
  return {
    ...base,
    method,
    gaps,
    alpha: chooser.chance(0.7) ? 0.5 : chooser.of(0, 0.25, 1),
    zeroInit: chooser.chance(0.3) ? 'method' : chooser.chance(0.3),
    seed: chooser.of(0, 0, 0, 7),
    solver: {
      ...base.solver,
      kind,
      epsilon:
        plain && chooser.chance(0.4)
          ? chooser.of(1e-6, 1e-4, 3e-3, 5, 1e3, 1e6)
          : chooser.of(0.02, 0.06, 0.2, 0.5),
      spread: chooser.of(0.05, 0.3, 2),
      targetPerplexity: !plain && chooser.chance(0.3) ? chooser.of(0.1, 0.5, 1) : null,
      acceleration: plain ? 'none' : 'anderson',
      tolerance: plain ? chooser.of(1e-7, 1e-5, 1e-3) : chooser.of(1e-5, 1e-4),
      maxIterations: plain ? chooser.of(1, 7, 40) : 2000,
      rho: chooser.of(0.02, 0.3, 1, 50),
      steps: chooser.of(1, 2, 4),
      schedule: chooser.of('constant', 'decelerating', 'accelerating'),
    },
    cost: {
      ...base.cost,
      metric: chooser.chance(0.6) ? 'method' : chooser.of('euclidean', 'squared', 'cosine'),
      rows: chooser.chance(0.6) ? 'method' : chooser.of('raw', 'unit'),
      scale: chooser.chance(0.6) ? 'method' : chooser.of('none', 'max', 'mean', 'median'),
      features: chooser.chance(0.75) ? 'weights' : 'activations',
    },
    structured: {
      rotate: chooser.chance(0.3),
      repairNorms: chooser.chance(0.3),
      down: chooser.chance(0.3),
    },
    slices:
      method === 'passthrough'
        ? Array.from({ length: chooser.whole(1, 3) }, () => {
            const start = chooser.whole(0, layers - 1);
            return {
              start,
              end: chooser.whole(start + 1, layers),
              ...(chooser.chance(0.5) ? { scale: chooser.of(0, 0.5, 1) } : {}),
            };
          })
        : null,
    parents: chooser.chance(0.15)
      ? Object.fromEntries(
          all.map((gap) => [String(gap), [chooser.whole(0, layers - 1), chooser.whole(0, layers - 1)]]),
        )
      : {},
  };
}
