import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import fixture from '../../tests/fixtures/encoding.json';
import { openPipeline } from './pipeline';

test.each(fixture.tokenizers)('$name: texts have the ids that the Rust library gives', async (found) => {
  const pipeline = await openPipeline(found.tokenizer, {});
  for (const [i, text] of fixture.texts.entries())
    expect(pipeline.encode(text).ids, text.slice(0, 40)).toEqual(found.ids[i]);
});

test('a word may have more tokens than a function takes arguments', async () => {
  const { tokenizer } = fixture.tokenizers.find(({ name }) => name === 'unigram') ?? {};
  const text = 'thea'.repeat(50_000);
  expect(() => new Tokenizer({ ...tokenizer, normalizer: null }, {}).encode(text)).toThrow(RangeError);
  const pipeline = await openPipeline({ ...tokenizer }, {});
  expect(pipeline.encode(text).ids.length).toBeGreaterThan(100_000);
});
