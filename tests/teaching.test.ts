import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METHOD_IDS } from '../src/engine/methods';
import { type Condition } from '../src/lessons/condition';
import { parseLesson } from '../src/lessons/format';
import { ARM_READINGS, READINGS, RUN_READINGS } from '../src/lessons/readings';
import { markdownTable } from '../src/markdown-table';
import { CONTROL_GROUPS } from '../src/recipe/controls';
import { decodeLink } from '../src/recipe/link';

const doc = readFileSync(new URL('../docs/teaching.md', import.meta.url), 'utf8');
/** Tables without the spaces that align their columns. */
const narrow = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');
const blocks = (language: string): string[] =>
  [...doc.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``, 'g'))].map(([, code = '']) => code);

test('the example of a lesson is one', () => {
  const [example = ''] = blocks('json');
  const lesson = parseLesson(JSON.parse(example), METHOD_IDS);
  expect(lesson.steps).toHaveLength(2);
  const kinds = new Set<string>();
  const visit = (condition: Condition): void => {
    for (const key of Object.keys(condition)) kinds.add(key);
    if ('all' in condition) condition.all.forEach(visit);
  };
  for (const { done } of lesson.steps) if (done) visit(done);
  expect([...kinds]).toEqual(expect.arrayContaining(['all', 'state', 'reading', 'is', 'below']));
});

test('the example of an exercise is a link without a fault', () => {
  const [fragment = ''] = blocks('text');
  const { state, problems } = decodeLink(fragment, METHOD_IDS);
  expect(problems).toEqual([]);
  expect(state.view.hide).toContain('method-panel');
});

test('controls and readings are those of the page', () => {
  const table = (rows: object, prefix = '') =>
    narrow(
      markdownTable([
        ['reading', 'meaning'],
        ...Object.entries(rows).map(([name, meaning]) => [
          `\`${prefix}${name}\``,
          String(meaning).replaceAll('|', '\\|'),
        ]),
      ]),
    );
  expect(narrow(doc)).toContain(table(READINGS));
  expect(narrow(doc)).toContain(table(ARM_READINGS, 'arm:ID:'));
  expect(narrow(doc)).toContain(table(RUN_READINGS, 'run:ID:'));
  const places = Object.entries(CONTROL_GROUPS).map(([place, names]) => [
    place,
    names.map((name) => `\`${name}\``).join(', '),
  ]);
  expect(narrow(doc)).toContain(narrow(markdownTable([['place', 'controls'], ...places])));
});
