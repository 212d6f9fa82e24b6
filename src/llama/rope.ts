import { ConfigError } from './errors';
import { count, isRecord, positive, type JsonObject, wrongField } from './fields';

/** `linear` divides all frequencies by `factor`; `llama3` only the low ones, with a smooth transition. */
type RopeScaling =
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      /** Context length in tokens before it was extended. */
      readonly originalContext: number;
    };

export interface RopeConfig {
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
}

const DEFAULT_THETA = 10_000;

/**
 * Reads the rotary embedding from config.json: `rope_theta` and `rope_scaling`, or the newer `rope_parameters` with both.
 * @throws ConfigError if the scaling is not supported or a parameter is missing.
 */
export function parseRope(raw: JsonObject): Omit<RopeConfig, 'headDim'> {
  const newer = raw['rope_parameters'] ?? undefined;
  if (newer !== undefined && !isRecord(newer)) throw wrongField('rope_parameters', 'an object', newer);
  const scaling = newer ?? raw['rope_scaling'] ?? {};
  if (!isRecord(scaling)) throw wrongField('rope_scaling', 'an object or null', scaling);
  if ((scaling['partial_rotary_factor'] ?? raw['partial_rotary_factor'] ?? 1) !== 1) {
    throw new ConfigError(
      'config.json: expected rotary embedding over whole heads, got a partial_rotary_factor other than 1. ' +
        'Open a model without it.',
    );
  }
  return {
    ropeTheta: positive(scaling, 'rope_theta', positive(raw, 'rope_theta', DEFAULT_THETA)),
    ropeScaling: parseScaling(scaling),
  };
}

function parseScaling(scaling: JsonObject): RopeScaling | null {
  const type = scaling['rope_type'] ?? scaling['type'] ?? 'default';
  switch (type) {
    case 'default':
      return null;
    case 'linear':
      return { type: 'linear', factor: positive(scaling, 'factor') };
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
      return {
        type: 'llama3',
        factor: positive(scaling, 'factor'),
        lowFrequencyFactor,
        highFrequencyFactor,
        originalContext: count(scaling, 'original_max_position_embeddings'),
      };
    }
    default:
      throw new ConfigError(
        `config.json: expected RoPE scaling default, linear or llama3, got ${JSON.stringify(type)}. ` +
          'Open a model with one of these; results under another scaling would be wrong.',
      );
  }
}

/**
 * Returns radians per position for each of the h/2 dimension pairs. The `llama3` rule compares a pair's wavelength with the
 * original context, as `_compute_llama3_parameters` of transformers does.
 */
export function ropeFrequencies({ headDim, ropeTheta, ropeScaling }: RopeConfig): Float64Array {
  return Float64Array.from({ length: headDim / 2 }, (_, pair) => {
    const frequency = ropeTheta ** ((-2 * pair) / headDim);
    if (ropeScaling === null) return frequency;
    const slow = frequency / ropeScaling.factor;
    if (ropeScaling.type === 'linear') return slow;
    const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = ropeScaling;
    const turns = (originalContext * frequency) / (2 * Math.PI);
    if (turns < low) return slow;
    if (turns > high) return frequency;
    const share = (turns - low) / (high - low);
    return (1 - share) * slow + share * frequency;
  });
}

/** Returns the table for `times` windows stacked in one tensor: positions restart in each. */
export function tiled(table: Float32Array, times: number): Float32Array {
  const all = new Float32Array(table.length * times);
  for (let i = 0; i < times; i++) all.set(table, i * table.length);
  return all;
}

/** Returns the table `[positions, headDim]` for `Backend.rope`: row p has h/2 cosines, then h/2 sines of p · frequency. */
export function ropeTable(config: RopeConfig, positions: number): Float32Array {
  const frequencies = ropeFrequencies(config);
  const half = frequencies.length;
  const table = new Float32Array(positions * config.headDim);
  for (let position = 0; position < positions; position++) {
    const row = position * config.headDim;
    frequencies.forEach((frequency, pair) => {
      table[row + pair] = Math.cos(position * frequency);
      table[row + half + pair] = Math.sin(position * frequency);
    });
  }
  return table;
}
