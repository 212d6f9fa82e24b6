import { describe, expect, it } from 'vitest';
import { ConfigError } from './errors';
import { parseRope, parseRopeByKind, type RopeConfig, ropeFrequencies, ropeTable } from './rope';

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

const THETA = 10_000;
const rope = (raw: Readonly<Record<string, unknown>>, headDim = 8): RopeConfig =>
  parseRope({ max_position_embeddings: 4096, ...raw }, headDim, THETA);

describe('rope', () => {
  it('follows the llama3 rule on Llama 3.1, 3.2 and a short original context', () => {
    for (const [headDim, theta, scaling] of [
      [128, 500_000, LLAMA3],
      [64, 500_000, { ...LLAMA3, factor: 32 }],
      [32, 10_000, { ...LLAMA3, factor: 4, high_freq_factor: 7, original_max_position_embeddings: 100 }],
    ] as const) {
      const config = rope({ rope_theta: theta, rope_scaling: scaling }, headDim);
      const expected = publishedLlama3(headDim, theta, scaling);
      const got = ropeFrequencies(config);
      expect(got).toHaveLength(headDim / 2);
      expected.forEach((value, i) => expect((got[i] ?? 0) / value).toBeCloseTo(1, 12));
      const plain = ropeFrequencies({ ...config, scaling: null });
      const kinds = new Set([...got].map((value, i) => (value === plain[i] ? 'kept' : 'slowed')));
      expect(kinds).toEqual(new Set(['kept', 'slowed']));
    }
  });

  it('divides all frequencies under linear scaling', () => {
    const config = rope({ rope_scaling: { type: 'linear', factor: 4 } });
    const expected = [0.25, 0.025, 0.0025, 0.00025];
    expected.forEach((value, i) => expect(ropeFrequencies(config)[i]).toBeCloseTo(value, 15));
  });

  it('raises the base under dynamic scaling only beyond the context', () => {
    const config = rope({ rope_scaling: { type: 'dynamic', factor: 2 }, max_position_embeddings: 100 });
    const plain = ropeFrequencies({ ...config, scaling: null });
    expect(ropeFrequencies(config, 100)).toEqual(plain);
    // 150 tokens: the base times (2·1.5 − 1)^(8/6).
    const base = THETA * 2 ** (4 / 3);
    ropeFrequencies(config, 150).forEach((value, i) => expect(value).toBeCloseTo(base ** (-i / 4), 12));
  });

  it('keeps fast pairs and slows slow ones under yarn, and scales the table', () => {
    const scaling = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 4096 };
    const config = rope({ rope_scaling: scaling }, 64);
    const plain = ropeFrequencies({ ...config, scaling: null });
    const kept = ropeFrequencies(config).map((value, i) => value / (plain[i] ?? 0));
    expect([kept[0], kept[31]]).toEqual([1, 0.25]);
    expect([...kept]).toEqual([...kept].sort((a, b) => b - a));
    expect(kept.filter((share) => share > 0.26 && share < 0.99).length).toBeGreaterThan(3);
    const factor = 0.1 * Math.log(4) + 1;
    expect(ropeTable(config, 1)[0]).toBeCloseTo(factor, 6);
    const given = rope({ rope_scaling: { ...scaling, attention_factor: 0.5 } }, 64);
    expect(ropeTable(given, 1)[0]).toBe(0.5);
  });

  it('lays out cosines, then sines', () => {
    const table = ropeTable(rope({ rope_theta: 100 }, 4), 3);
    const rows = [0, 1, 2].map((p) => [Math.cos(p), Math.cos(p / 10), Math.sin(p), Math.sin(p / 10)]);
    expect(table).toHaveLength(12);
    rows.flat().forEach((value, i) => expect(table[i]).toBeCloseTo(value, 6));
  });

  it('reads the newer rope_parameters', () => {
    const newer = rope({ rope_parameters: { ...LLAMA3, rope_theta: 500_000 } });
    expect(newer).toEqual(rope({ rope_theta: 500_000, rope_scaling: LLAMA3 }));
    expect(rope({ rope_parameters: { rope_type: 'default', rope_theta: 3 } })).toEqual({
      headDim: 8,
      theta: 3,
      scaling: null,
    });
    expect(rope({})).toEqual({ headDim: 8, theta: THETA, scaling: null });
  });

  it.each([{}, null, { rope_type: 'default' }, { rope_type: 'default', rope_theta: 500 }])(
    'takes rope_scaling beside rope_parameters %j, with the top level’s base, as transformers does',
    (newer) => {
      const scaling = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 64 };
      const both = rope({ rope_parameters: newer, rope_scaling: scaling, rope_theta: 300 });
      expect(both).toEqual(rope({ rope_scaling: scaling, rope_theta: 300 }));
      expect(both.scaling?.type).toBe('yarn');
    },
  );

  it('refuses two fields that scale differently, and takes two that say the same', () => {
    const linear = { type: 'linear', factor: 2 };
    const named = { rope_type: 'linear', factor: 2, rope_theta: 9 };
    expect(rope({ rope_scaling: linear, rope_parameters: named }).scaling).toEqual(linear);
    for (const other of [{ ...linear, factor: 3 }, LLAMA3, { rope_type: 'default' }])
      expect(() => rope({ rope_scaling: other, rope_parameters: named })).toThrow(/rope_scaling.*same/);
  });

  it('reads a base for each kind of block', () => {
    const defaults = { rope_theta: 1_000_000, rope_local_base_freq: 10_000, max_position_embeddings: 99 };
    const byKind = (raw: Readonly<Record<string, unknown>>) => parseRopeByKind({ ...defaults, ...raw }, 8);
    const linear = { rope_type: 'linear', factor: 8 };
    const older = byKind({ rope_scaling: linear });
    expect(older.full).toMatchObject({ theta: 1_000_000, scaling: { type: 'linear', factor: 8 } });
    expect(older.sliding).toMatchObject({ theta: 10_000, scaling: null });
    const newer = byKind({
      rope_parameters: {
        full_attention: { ...linear, rope_theta: 77 },
        sliding_attention: { rope_type: 'default', rope_theta: 5 },
      },
    });
    expect([newer.full.theta, newer.sliding.theta]).toEqual([77, 5]);
    expect(newer.full.scaling).toEqual(older.full.scaling);
    expect(() => byKind({ rope_parameters: linear })).toThrow(/rope_parameters.*rope_type/);
  });

  it('takes the context for an original context that is not given', () => {
    const { original_max_position_embeddings: _, ...rest } = LLAMA3;
    expect(rope({ rope_scaling: rest }).scaling).toMatchObject({ originalContext: 4096 });
  });

  it('names what it does not support', () => {
    for (const type of ['longrope', 'proportional', 3]) {
      expect(() => rope({ rope_scaling: { rope_type: type, factor: 2 } })).toThrow(new RegExp(String(type)));
      expect(() => rope({ rope_scaling: { type, factor: 2 } })).toThrow(ConfigError);
    }
    expect(() => rope({ rope_scaling: { type: 'linear' } })).toThrow(/factor.*got nothing/);
    expect(() => rope({ rope_scaling: { ...LLAMA3, original_max_position_embeddings: 'x' } })).toThrow(
      /original_max_position_embeddings/,
    );
    expect(() => rope({ rope_scaling: { ...LLAMA3, high_freq_factor: 1 } })).toThrow(/high_freq_factor/);
    expect(() => rope({ partial_rotary_factor: 0.5 })).toThrow(/partial_rotary_factor/);
  });
});
