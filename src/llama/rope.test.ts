import { describe, expect, it } from 'vitest';
import { ConfigError } from './errors';
import { parseRope, ropeFrequencies, ropeTable } from './rope';

const LLAMA3 = {
  rope_type: 'llama3',
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
};

/** The published rule of Llama 3.1 by wavelengths, case by case as in transformers. */
function publishedLlama3(dim: number, base: number, s: typeof LLAMA3): number[] {
  const lowWavelength = s.original_max_position_embeddings / s.low_freq_factor;
  const highWavelength = s.original_max_position_embeddings / s.high_freq_factor;
  const out: number[] = [];
  for (let i = 0; i < dim; i += 2) {
    const inverse = 1 / base ** (i / dim);
    const wavelength = (2 * Math.PI) / inverse;
    if (wavelength < highWavelength) out.push(inverse);
    else if (wavelength > lowWavelength) out.push(inverse / s.factor);
    else {
      const smooth =
        (s.original_max_position_embeddings / wavelength - s.low_freq_factor) /
        (s.high_freq_factor - s.low_freq_factor);
      out.push(((1 - smooth) * inverse) / s.factor + smooth * inverse);
    }
  }
  return out;
}

describe('rope', () => {
  it('follows the llama3 rule on Llama 3.1, 3.2 and a short original context', () => {
    for (const [headDim, theta, scaling] of [
      [128, 500_000, LLAMA3],
      [64, 500_000, { ...LLAMA3, factor: 32 }],
      [32, 10_000, { ...LLAMA3, factor: 4, high_freq_factor: 7, original_max_position_embeddings: 100 }],
    ] as const) {
      const config = { headDim, ...parseRope({ rope_theta: theta, rope_scaling: scaling }) };
      const expected = publishedLlama3(headDim, theta, scaling);
      const got = ropeFrequencies(config);
      expect(got).toHaveLength(headDim / 2);
      expected.forEach((value, i) => expect((got[i] ?? 0) / value).toBeCloseTo(1, 12));
      const plain = ropeFrequencies({ ...config, ropeScaling: null });
      const kinds = new Set([...got].map((value, i) => (value === plain[i] ? 'kept' : 'slowed')));
      expect(kinds).toEqual(new Set(['kept', 'slowed']));
    }
  });

  it('divides all frequencies under linear scaling', () => {
    const config = { headDim: 8, ...parseRope({ rope_scaling: { type: 'linear', factor: 4 } }) };
    const expected = [0.25, 0.025, 0.0025, 0.00025];
    expected.forEach((value, i) => expect(ropeFrequencies(config)[i]).toBeCloseTo(value, 15));
  });

  it('lays out cosines, then sines', () => {
    const table = ropeTable({ headDim: 4, ...parseRope({ rope_theta: 100 }) }, 3);
    const rows = [0, 1, 2].map((p) => [Math.cos(p), Math.cos(p / 10), Math.sin(p), Math.sin(p / 10)]);
    expect(table).toHaveLength(12);
    rows.flat().forEach((value, i) => expect(table[i]).toBeCloseTo(value, 6));
  });

  it('reads the newer rope_parameters', () => {
    const newer = parseRope({ rope_parameters: { ...LLAMA3, rope_theta: 500_000 } });
    expect(newer).toEqual(parseRope({ rope_theta: 500_000, rope_scaling: LLAMA3 }));
    expect(parseRope({ rope_parameters: { rope_type: 'default', rope_theta: 3 } })).toEqual({
      ropeTheta: 3,
      ropeScaling: null,
    });
    expect(parseRope({})).toEqual({ ropeTheta: 10_000, ropeScaling: null });
  });

  it('names what it does not support', () => {
    for (const type of ['yarn', 'dynamic', 'longrope']) {
      expect(() => parseRope({ rope_scaling: { rope_type: type, factor: 2 } })).toThrow(new RegExp(type));
      expect(() => parseRope({ rope_scaling: { type, factor: 2 } })).toThrow(ConfigError);
    }
    expect(() => parseRope({ rope_scaling: { type: 'linear' } })).toThrow(/factor.*got nothing/);
    expect(() => parseRope({ rope_scaling: { ...LLAMA3, original_max_position_embeddings: null } })).toThrow(
      /original_max_position_embeddings/,
    );
    expect(() => parseRope({ rope_scaling: { ...LLAMA3, high_freq_factor: 1 } })).toThrow(/high_freq_factor/);
    expect(() => parseRope({ partial_rotary_factor: 0.5 })).toThrow(/partial_rotary_factor/);
  });
});
