import { show } from '../legible';
import { ConfigError } from './errors';
import { count, isRecord, positive, type JsonObject, wrongField } from './fields';

/**
 * `linear` divides all frequencies by `factor`; `llama3` only the low ones, with a smooth transition; `yarn` likewise, with a ramp over
 * the dimension pairs, and multiplies cosines and sines by `attentionFactor`. `dynamic` (NTK) raises the base for sequences that are
 * longer than `context`.
 */
type RopeScaling =
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'dynamic';
      readonly factor: number;
      /** `max_position_embeddings`: longest sequence in tokens that is not scaled. */
      readonly context: number;
    }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      /** Context length in tokens before it was extended. */
      readonly originalContext: number;
    }
  | {
      readonly type: 'yarn';
      readonly factor: number;
      /** Turns within the original context: pairs with more than `betaFast` are kept, with fewer than `betaSlow` divided. */
      readonly betaFast: number;
      readonly betaSlow: number;
      /** True: the ends of the ramp are whole dimension pairs. */
      readonly truncate: boolean;
      readonly attentionFactor: number;
      readonly originalContext: number;
    };

/** A rotary embedding. */
export interface RopeConfig {
  readonly headDim: number;
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

/** Fields that only say where the frequencies start: an object of these alone scales nothing. */
const isPlain = (fields: JsonObject): boolean => (typeOf(fields) ?? 'default') === 'default';
const typeOf = (fields: JsonObject): unknown => fields['rope_type'] ?? fields['type'] ?? undefined;

/** Returns an object field of config.json, or undefined if it is absent, null or empty. @throws ConfigError for anything else. */
function objectField(raw: JsonObject, name: string): JsonObject | undefined {
  const value = raw[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw wrongField(name, 'an object or null', value);
  return Object.keys(value).length > 0 ? value : undefined;
}

/**
 * Reads the rotary embedding from config.json: `rope_theta` and `rope_scaling`, or the newer `rope_parameters` with both. Where
 * both stand, `rope_scaling` counts, with the top level's `rope_theta`, as in transformers 4 and 5 (`convert_rope_params_to_dict`).
 * @param defaultTheta the base where config.json names none.
 * @throws ConfigError if the scaling is not supported, a parameter is missing, or the two fields scale differently.
 */
export function parseRope(raw: JsonObject, headDim: number, defaultTheta: number): RopeConfig {
  const older = objectField(raw, 'rope_scaling');
  const newer = objectField(raw, 'rope_parameters');
  if (older && newer && !isPlain(newer)) {
    const differs = (key: string): boolean =>
      !['type', 'rope_type', 'rope_theta'].includes(key) && newer[key] !== older[key];
    const key = typeOf(newer) === typeOf(older) ? Object.keys(older).find(differs) : 'rope_type';
    if (key !== undefined)
      throw wrongField('rope_scaling', 'the same as rope_parameters, or absent', `${key} unlike there`);
  }
  return ropeOf(raw, older ?? newer ?? {}, headDim, positive(raw, 'rope_theta', defaultTheta));
}

/** Returns the base in `rope_parameters` that `parseRope` does not read because `rope_scaling` stands beside it; undefined if none. */
export function ignoredTheta(raw: JsonObject): unknown {
  const [older, newer] = [raw['rope_scaling'], raw['rope_parameters']];
  if (!isRecord(older) || Object.keys(older).length === 0 || !isRecord(newer)) return undefined;
  const used = older['rope_theta'] ?? raw['rope_theta'];
  return newer['rope_theta'] === used ? undefined : (newer['rope_theta'] ?? undefined);
}

/**
 * Reads the two rotary embeddings of Gemma 3, for blocks that see everything and for those with a sliding window: `rope_theta` with
 * `rope_scaling` and `rope_local_base_freq`, or `rope_parameters` by kind of block (transformers, `Gemma3TextConfig`).
 * @throws ConfigError as `parseRope`.
 */
export function parseRopeByKind(raw: JsonObject, headDim: number): { full: RopeConfig; sliding: RopeConfig } {
  const byKind = objectField(raw, 'rope_parameters') ?? {};
  const stray = Object.keys(byKind).find((key) => !/^(full|sliding)_attention$/.test(key));
  if (stray !== undefined)
    throw wrongField('rope_parameters', 'full_attention and sliding_attention, an object for each', stray);
  const full = { ...objectField(byKind, 'full_attention'), ...objectField(raw, 'rope_scaling') };
  return {
    full: ropeOf(raw, full, headDim, positive(raw, 'rope_theta')),
    sliding: ropeOf(
      raw,
      objectField(byKind, 'sliding_attention') ?? {},
      headDim,
      positive(raw, 'rope_local_base_freq'),
    ),
  };
}

function ropeOf(raw: JsonObject, fields: JsonObject, headDim: number, theta: number): RopeConfig {
  if ((fields['partial_rotary_factor'] ?? raw['partial_rotary_factor'] ?? 1) !== 1) {
    throw new ConfigError(
      'config.json: expected rotary embedding over whole heads, got a partial_rotary_factor other than 1. ' +
        'Open a model without it.',
    );
  }
  return {
    headDim,
    theta: positive(fields, 'rope_theta', theta),
    scaling: parseScaling(raw, fields),
  };
}

function parseScaling(raw: JsonObject, scaling: JsonObject): RopeScaling | null {
  const type = typeOf(scaling) ?? 'default';
  const context = (): number => count(raw, 'max_position_embeddings', 2048);
  const originalLength = (): number =>
    count(
      raw,
      'original_max_position_embeddings',
      count(scaling, 'original_max_position_embeddings', context()),
    );
  switch (type) {
    case 'default':
      return null;
    case 'linear':
      return { type: 'linear', factor: positive(scaling, 'factor') };
    case 'dynamic':
      return { type: 'dynamic', factor: positive(scaling, 'factor'), context: context() };
    case 'llama3': {
      const lowFrequencyFactor = positive(scaling, 'low_freq_factor');
      const highFrequencyFactor = positive(scaling, 'high_freq_factor');
      if (highFrequencyFactor <= lowFrequencyFactor) {
        throw wrongField(
          'high_freq_factor',
          `above low_freq_factor ${lowFrequencyFactor}`,
          highFrequencyFactor,
        );
      }
      const factor = positive(scaling, 'factor');
      const originalContext = originalLength();
      return { type: 'llama3', factor, lowFrequencyFactor, highFrequencyFactor, originalContext };
    }
    case 'yarn':
      return parseYarn(scaling, context(), originalLength());
    default:
      throw new ConfigError(
        `config.json: expected RoPE scaling default, linear, dynamic, llama3 or yarn, got ${show(type)}. ` +
          'Open a model with one of these; results under another scaling would be wrong.',
      );
  }
}

/** As `_compute_yarn_parameters` of transformers. */
function parseYarn(scaling: JsonObject, context: number, originalContext: number): RopeScaling {
  const factor = positive(scaling, 'factor', context / originalContext);
  const magnitude = (weight: number): number => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  const [mscale, all] = [scaling['mscale'], scaling['mscale_all_dim']].map((value) => value || undefined);
  const suggested =
    mscale === undefined || all === undefined
      ? magnitude(1)
      : magnitude(positive(scaling, 'mscale')) / magnitude(positive(scaling, 'mscale_all_dim'));
  const truncate = scaling['truncate'] ?? true;
  if (typeof truncate !== 'boolean') throw wrongField('truncate', 'true or false', truncate);
  return {
    type: 'yarn',
    factor,
    betaFast: positive(scaling, 'beta_fast', 32),
    betaSlow: positive(scaling, 'beta_slow', 1),
    truncate,
    attentionFactor: positive(scaling, 'attention_factor', suggested),
    originalContext,
  };
}

/**
 * Returns radians per position for each of the h/2 dimension pairs in a sequence of `positions` tokens, a length that only `dynamic`
 * reads. The rules are those of transformers (modeling_rope_utils.py); `llama3` compares a pair's wavelength with the original context.
 */
export function ropeFrequencies({ headDim, theta, scaling }: RopeConfig, positions = 0): Float64Array {
  const base =
    scaling?.type === 'dynamic' && positions > scaling.context
      ? theta *
        ((scaling.factor * positions) / scaling.context - (scaling.factor - 1)) ** (headDim / (headDim - 2))
      : theta;
  const kept = scaling?.type === 'yarn' ? yarnRamp(headDim, base, scaling) : undefined;
  return Float64Array.from({ length: headDim / 2 }, (_, pair) => {
    const frequency = base ** ((-2 * pair) / headDim);
    if (scaling === null || scaling.type === 'dynamic') return frequency;
    const slow = frequency / scaling.factor;
    const blend = (share: number): number => (1 - share) * slow + share * frequency;
    if (scaling.type === 'linear') return slow;
    if (kept) return blend(kept(pair));
    if (scaling.type !== 'llama3') return frequency;
    const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
    const turns = (originalContext * frequency) / (2 * Math.PI);
    if (turns < low) return slow;
    if (turns > high) return frequency;
    return blend((turns - low) / (high - low));
  });
}

/** Returns the share of a pair's frequency that yarn keeps: 1 for the fast pairs, 0 for the slow ones, a ramp between. */
function yarnRamp(
  headDim: number,
  theta: number,
  scaling: Extract<RopeScaling, { type: 'yarn' }>,
): (pair: number) => number {
  const { betaFast, betaSlow, truncate, originalContext } = scaling;
  const pairWith = (turns: number): number =>
    (headDim * Math.log(originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [pairWith(betaFast), pairWith(betaSlow)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const end = Math.min(truncate ? Math.ceil(last) : last, headDim - 1);
  const high = low === end ? end + 0.001 : end;
  return (pair) => 1 - Math.min(1, Math.max(0, (pair - low) / (high - low)));
}

/** Returns the table for `times` windows stacked in one tensor: positions restart in each. */
export function tiled(table: Float32Array, times: number): Float32Array {
  const all = new Float32Array(table.length * times);
  for (let i = 0; i < times; i++) all.set(table, i * table.length);
  return all;
}

/**
 * Returns the table `[positions, headDim]` for `Backend.rope`: row p has h/2 cosines, then h/2 sines of p · frequency, both times
 * yarn's attention factor. `tokens` is the length of the sequence, which only `dynamic` reads; further rows are padding.
 */
export function ropeTable(config: RopeConfig, positions: number, tokens: number = positions): Float32Array {
  const frequencies = ropeFrequencies(config, tokens);
  const half = frequencies.length;
  const factor = config.scaling?.type === 'yarn' ? config.scaling.attentionFactor : 1;
  const table = new Float32Array(positions * config.headDim);
  for (let position = 0; position < positions; position++) {
    const row = position * config.headDim;
    frequencies.forEach((frequency, pair) => {
      table[row + pair] = factor * Math.cos(position * frequency);
      table[row + half + pair] = factor * Math.sin(position * frequency);
    });
  }
  return table;
}
