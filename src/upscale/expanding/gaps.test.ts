import { describe, expect, it } from 'vitest';
import { countBlockParameters, countParameters } from '../../llama/block';
import { parseConfig } from '../../llama/config';
import { GapError } from '../block/errors';
import { newIndices, resolveGaps } from './gaps';
import { interleaveGaps } from './block-specs';

const range = (start: number, end: number, step = 1): number[] =>
  Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);

describe('resolveGaps', () => {
  it('gives the published sets for 32 blocks', () => {
    expect(resolveGaps('top', 32, 'pair')).toEqual(range(15, 30));
    expect(resolveGaps('middle', 32, 'pair')).toEqual(range(7, 22));
    expect(resolveGaps('bottom', 32, 'pair')).toEqual(range(0, 15));
    expect(resolveGaps('ends', 32, 'pair')).toEqual([...range(0, 7), ...range(23, 30)]);
    expect(resolveGaps('spread', 32, 'previous')).toEqual(range(1, 31, 2));
    expect(resolveGaps('spread', 32, 'pair')).toEqual(range(1, 29, 2));
  });

  it('gives gaps that exist for every depth', () => {
    for (let layers = 2; layers <= 40; layers++) {
      for (const preset of ['top', 'middle', 'bottom', 'ends'] as const) {
        const gaps = resolveGaps(preset, layers, 'pair');
        expect(gaps).toHaveLength(Math.floor(layers / 2));
        expect(resolveGaps(gaps, layers, 'pair')).toEqual(gaps);
      }
    }
    expect(resolveGaps('spread', 7, 'previous')).toEqual([1, 3, 5]);
    expect(resolveGaps('top', 3, 'pair')).toEqual([1]);
  });

  it('sorts a list, and lets only a copying method follow the last block', () => {
    expect(resolveGaps([5, 0, 3], 8, 'pair')).toEqual([0, 3, 5]);
    expect(resolveGaps([7], 8, 'previous')).toEqual([7]);
    expect(() => resolveGaps([7], 8, 'pair')).toThrow(/got 7 .only a method that copies/);
  });

  it.each([
    [[8], 8, 'previous', /got 8/],
    [[-1], 8, 'pair', /got -1/],
    [[1.5], 8, 'pair', /got 1.5/],
    [[2, 2], 8, 'pair', /gap 2\|3 twice/],
    [[], 8, 'pair', /at least one/],
    ['top', 1, 'pair', /at least 2 blocks/],
    ['spread', 2, 'pair', /at least one/],
  ] as const)('refuses %j of %i blocks', (gaps, layers, parents, message) => {
    expect(() => resolveGaps(gaps, layers, parents)).toThrow(GapError);
    expect(() => resolveGaps(gaps, layers, parents)).toThrow(message);
  });
});

describe('where new blocks stand', () => {
  it('is as published', () => {
    expect(newIndices(resolveGaps('top', 32, 'pair'))).toEqual(range(16, 46, 2));
    expect(newIndices(resolveGaps('top', 16, 'pair'))).toEqual(range(8, 22, 2));
    expect(newIndices(resolveGaps('spread', 32, 'previous'))).toEqual(range(2, 47, 3));
  });

  it('agrees with the arrangement', () => {
    for (const gaps of [[0], [6], [0, 1, 2], [1, 4, 7], range(0, 7)]) {
      const places = interleaveGaps(gaps, 8);
      expect(newIndices(gaps).map((index) => places[index])).toEqual(
        gaps.map((gap) => ({ kind: 'new', gap })),
      );
      expect(places.filter(({ kind }) => kind === 'base')).toEqual(
        range(0, 7).map((index) => ({ kind: 'base', index })),
      );
    }
  });
});

const llama = (fields: object) =>
  parseConfig({ architectures: ['LlamaForCausalLM'], vocab_size: 128256, ...fields });

describe('parameter counts', () => {
  it('are those published for the deeper Llamas', () => {
    const large = llama({
      hidden_size: 4096,
      intermediate_size: 14336,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
    });
    expect(countParameters(large)).toBe(8_030_261_248);
    expect(countParameters(large, 32 + resolveGaps('top', 32, 'pair').length)).toBe(11_520_053_248);
    const small = llama({
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 16,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 64,
      tie_word_embeddings: true,
    });
    expect(countBlockParameters(small)).toBe(60_821_504);
    expect(countParameters(small, 16 + resolveGaps('top', 16, 'pair').length)).toBe(1_722_386_432);
  });
});
