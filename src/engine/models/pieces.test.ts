import { expect, test } from 'vitest';
import fixture from '../../../tests/fixtures/texts.json';
import { checkoutFiles } from '../../llama/testing';
import { Tokenizer } from '../../llama/tokenizer';
import { pieceReader, piecesOf } from './pieces';

const SENTENCEPIECE = 'tests/fixtures/cases/sentencepiece-space';

test.each(fixture.pieces)('$folder: single tokens have the text they add to others', async (found) => {
  const tokenizer = await Tokenizer.open(await checkoutFiles(found.folder));
  const read = pieceReader(tokenizer);
  expect(found.ids.length).toBeGreaterThan(170);
  for (const [i, id] of found.ids.entries())
    expect(read(id), `token ${id}`).toBe(found.pieces[i] || `#${id}`);
});

test('the pieces of a text join to it, and parts of a character are spelled in bytes', async () => {
  const tokenizer = await Tokenizer.open(await checkoutFiles(SENTENCEPIECE));
  const joined = (text: string): string => piecesOf(tokenizer, tokenizer.encode(text).slice(1)).join('');
  expect(joined('Once upon a time')).toBe('Once upon a time');
  expect(joined(' there')).toBe(' there');
  expect(joined('was 雪')).toBe('was <0xE9><0x9B><0xAA>');
  expect(piecesOf(tokenizer, [1, 291])).toEqual(['#1', tokenizer.decode([291])]);
  const bytes = await Tokenizer.open(await checkoutFiles('public/models/interlayer-fairy-1.7m'));
  expect(piecesOf(bytes, bytes.encode('a 雪é').slice(1)).join('')).toMatch(
    /^a <0xE9><0x9B><0xAA>(é|<0xC3><0xA9>)$/,
  );
  expect(piecesOf(undefined, [3, 4])).toEqual(['#3', '#4']);
});
