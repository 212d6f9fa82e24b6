import { expect, it } from 'vitest';
import { LegibleError, legible } from './legible';

it('leaves plain text as it is', () => {
  expect(legible('q_proj: expected “a” → 😀 é, got "b\\n".')).toBe(
    'q_proj: expected “a” → 😀 é, got "b\\n".',
  );
});

it('writes out what would hide or turn a text, and keeps it on one line', () => {
  expect(legible('a\u202etxt.exe\u0000\u009b1m\ud800')).toBe(String.raw`a\u202etxt.exe\u0000\u009b1m\ud800`);
  expect(legible('one \r\n two')).toBe('one two');
});

it('cuts a long text in the middle, not within a character', () => {
  const text = legible(`x${'😀'.repeat(5000)}. Fetch the file again.`);
  expect(text.length).toBeLessThan(1010);
  expect(text.isWellFormed()).toBe(true);
  expect(text.endsWith('. Fetch the file again.')).toBe(true);
  expect(new LegibleError('\u0007'.repeat(5000)).message.length).toBeLessThan(1010);
});
