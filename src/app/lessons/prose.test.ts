import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { openApp } from '../store/testing';
import { AppContext } from '../store/use-app';
import { Prose } from './prose';

it('keeps all of the text, and punctuation on the line of the term before it', async () => {
  const { app } = await openApp();
  const prose = createElement(Prose, { text: 'See the [[plan]], and the [[cost|costs]]. [[gap]] **here**.' });
  const html = renderToStaticMarkup(createElement(AppContext, { value: app }, prose));
  expect(html.replaceAll(/<[^>]*>/g, '')).toBe('See the plan, and the costs. gap here.');
  expect(html).toMatch(/<button[^>]*>plan<\/button>,<\/span> and/);
});
