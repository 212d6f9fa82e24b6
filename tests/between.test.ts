import { expect, it } from 'vitest';
// @ts-expect-error: a script, without types.
import { between as untyped } from '../scripts/between.mjs';

const between = untyped as (text: string, name: string, content: string) => string;

it('replaces what stands between two markers, and nothing else', () => {
  const text = 'a <!-- x --> old <!-- /x --> b <!-- y --> kept <!-- /y -->';
  expect(between(text, 'x', ' new ')).toBe(
    'a <!-- x -->\n\nnew\n\n<!-- /x --> b <!-- y --> kept <!-- /y -->',
  );
  expect(() => between(text, 'z', 'new')).toThrow(/expected <!-- z -->/);
  expect(() => between(`${text}<!-- x -->`, 'x', 'new')).toThrow(/once each/);
});
