import { expect, it } from 'vitest';
import { TokenSearch } from './token-search';

const TOKEN = 'hf_AbC/+xyz0123';
const search = new TokenSearch(TOKEN);

it.each([
  ['as it is', `Bearer ${TOKEN}`],
  ['in base64', btoa(`Bearer ${TOKEN}`)],
  ['in base64 after one byte', btoa(`a${TOKEN}b`)],
  ['in base64 after two bytes', btoa(`ab${TOKEN}cd`)],
  ['in hexadecimal', Buffer.from(TOKEN).toString('hex')],
  ['percent-encoded', [...Buffer.from(TOKEN)].map((byte) => `%${byte.toString(16)}`).join('')],
  ['in UTF-16', Buffer.from(`x${TOKEN}`, 'utf16le')],
])('finds a token %s', (_, content) => {
  expect(search.isIn(content)).toBe(true);
});

it('finds no other', () => {
  expect(search.isIn('hf_XbC/+xyz0123')).toBe(false);
  expect(search.isIn(btoa('hf_AbC/+xYz0123'))).toBe(false);
});
