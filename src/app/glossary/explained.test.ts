import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Explained } from './explained';

const markup = (text: string): string => renderToStaticMarkup(createElement(Explained, { text }));
const words = (html: string): string[] =>
  [...html.matchAll(/<button[^>]*>([^<]*)</g)].map(([, word]) => word ?? '');

it('explains a word at its first use, the longer one where one is a part of another, and leaves the text as it is', () => {
  const text = 'Planar plans, then the plan: the transport cost of a plan, and its cost.';
  const html = markup(text);
  expect(words(html)).toEqual(['plan', 'transport cost', 'cost']);
  expect(html.replaceAll(/<[^>]*>/g, '')).toBe(text);
});

it('keeps punctuation on the line of its word', () => {
  expect(markup('By the plan, or not.')).toMatch(
    /<span class="term-and"><button[^>]*>plan<\/button>,<\/span> or not\.$/,
  );
});
