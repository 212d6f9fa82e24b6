import { expect, it } from 'vitest';
import { uniqueLabels } from './plot-layout';

it('shows names as they are, with no markup of their own', () => {
  const title = '<a href="https://example.org">A & B</a>';
  expect(uniqueLabels([{ title }, { title: 'Average', file: '<b>.json' }])).toEqual([
    '&lt;a href="https://example.org"&gt;A &amp; B&lt;/a&gt;',
    'Average (&lt;b&gt;.json)',
  ]);
});
