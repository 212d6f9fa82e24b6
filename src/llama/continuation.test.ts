import { expect, test } from 'vitest';
import fixture from '../../tests/fixtures/texts.json';
import { continuationText, wholeCharacters } from './continuation';
import { checkoutFiles } from './testing';
import { Tokenizer } from './tokenizer';

const FOLDERS = [...new Set(fixture.cases.map(({ folder }) => folder))];

test.each(FOLDERS)('%s: every token adds the text that transformers gives', async (folder) => {
  const tokenizer = await Tokenizer.open(await checkoutFiles(folder));
  const cases = fixture.cases.filter((found) => found.folder === folder);
  expect(cases.length).toBeGreaterThan(20);
  for (const { prompt, made, texts } of cases) {
    let streamed = '';
    for (const [i, text] of texts.entries()) {
      const whole = wholeCharacters(continuationText(tokenizer, prompt, made.slice(0, i + 1)));
      // What has been shown is never taken back, and has no half of a character.
      expect(whole.startsWith(streamed)).toBe(true);
      expect(whole).toBe(text ?? streamed);
      streamed = whole;
    }
    expect(continuationText(tokenizer, prompt, made)).toBe(texts.at(-1));
    expect(continuationText(tokenizer, prompt, [])).toBe('');
  }
});

test.each(FOLDERS)('%s: a prompt may end within a character', async (folder) => {
  const tokenizer = await Tokenizer.open(await checkoutFiles(folder));
  const ids = tokenizer.encode('a 🦊!');
  const parts = ids.filter((id) => tokenizer.decode([id]).includes('\uFFFD'));
  const from = ids.indexOf(parts[0] ?? -1);
  expect(parts.length).toBeGreaterThan(1);
  for (let at = from + 1; at < from + parts.length; at++)
    expect(continuationText(tokenizer, ids.slice(0, at), ids.slice(at))).toBe('🦊!');
});
