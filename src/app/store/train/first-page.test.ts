import { expect, it } from 'vitest';
import { firstPage } from './first-page';

const cut = (content: string, name = 'a.txt') => firstPage({ name, content }).content;

it('leaves a text of one page as it is', () => {
  expect(cut('Short, no end')).toBe('Short, no end');
});

it('ends with the last whole sentence of the page', () => {
  const sentence = 'It is a ball of dirty ice. ';
  const page = cut(sentence.repeat(200));
  expect(page.endsWith('dirty ice.')).toBe(true);
  expect(page.length).toBeGreaterThan(1950);
  expect(page.length).toBeLessThanOrEqual(2000);
});

it('cuts a text without sentences at the page', () => {
  expect(cut('x'.repeat(5000))).toHaveLength(2000);
});

it('keeps whole lines of pairs', () => {
  const line = '{"instruction":"Why? Because.","response":"Yes."}\n';
  expect(cut(line.repeat(100), 'pairs.jsonl')).toBe(line.repeat(Math.floor(2000 / line.length)).trimEnd());
});
