import { BPE } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import fixture from '../../tests/fixtures/encoding.json';
import { PairMerger } from './pair-merger';

const merges = (model: object): [string, string][] =>
  'merges' in model ? (model.merges as [string, string][]) : [];

/** Any merges over a few characters, each of symbols that exist, some given twice; `𝟏` takes two code units. */
const anyMerges = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 }).map((picks) => {
  const symbols = ['a', 'b', 'c', '▁', '𝟏'];
  return picks.map(([left, right]): [string, string] => {
    const pair: [string, string] = [
      symbols[left % symbols.length] ?? 'a',
      symbols[right % symbols.length] ?? 'a',
    ];
    symbols.push(pair.join(''));
    return pair;
  });
});

function library(rules: [string, string][]): BPE {
  const symbols = new Set(['a', 'b', 'c', '▁', '𝟏', ...rules.flat(), ...rules.map((rule) => rule.join(''))]);
  const vocab = Object.fromEntries([...symbols].map((symbol, id) => [symbol, id]));
  return new BPE({ type: 'BPE', vocab, merges: rules } as unknown as ConstructorParameters<typeof BPE>[0]);
}

test('merges as the library does, whatever the rules and the word', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '▁', '𝟏', 'é'), maxLength: 60 });
  fc.assert(
    fc.property(anyMerges, word, (rules, text) => {
      expect(new PairMerger(rules).merge(text)).toEqual(library(rules).bpe(text));
    }),
    { numRuns: 2000 },
  );
});

test.each(fixture.tokenizers.filter(({ name }) => name !== 'unigram'))(
  '$name: merges long words as the library does',
  ({ tokenizer: { model } }) => {
    const rules = merges(model);
    expect(rules.length).toBeGreaterThan(100);
    const merger = new PairMerger(rules);
    for (const text of fixture.texts) {
      const word = text.replaceAll(' ', '▁');
      expect(merger.merge(word)).toEqual(library(rules).bpe(word));
    }
  },
);
