import * as fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Markdown } from '../../../src/app/shell/markdown';
import { hostileText } from '../hostile';
import { fuzzed } from '../parser';
import { quoted } from './sources';

const PIECES = [
  '# Title',
  '- item',
  '- item',
  '| a | b |',
  '| --- | --- |',
  '```',
  '---',
  'license: mit',
  '**bold**',
  '`code`',
  '[x](https://host/a?b)',
  '[x](https:javascript:alert(1))',
  '<b>',
  ' ',
  '\n',
  '\n\n',
];
/** What the page makes of a card: these elements, with no attributes but these. */
const TAG =
  /^<(?:\/?(?:div|h[1-6]|p|pre|ul|li|table|thead|tbody|tr|th|td|strong|code|a)|div class="(?:markdown|table-scroll)"|th scope="(?:row|col)"|a href="https?:[^"<>\s]*" rel="noreferrer")>$/;

/** A model card, as the page shows it. */
export const modelCard = fuzzed<string>({
  name: 'model card',
  inputs: fc
    .array(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: hostileText }),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join('')),
  errors: [],
  read: (text) => renderToStaticMarkup(createElement(Markdown, { text, level: 3 })),
  check(html: string) {
    for (const [tag] of html.matchAll(/<[^>]*>?/g))
      if (!TAG.test(tag)) throw new Error(`the card made ${tag}`);
  },
  show: quoted,
});
