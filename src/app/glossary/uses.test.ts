import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, it } from 'vitest';
import { TERMS, termOf, type TermId } from '../../lessons/glossary/terms';
import { BUILT_IN } from '../store/lesson/source';

const APP = fileURLToPath(new URL('..', import.meta.url));

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Lists the string literals anywhere in a value of the syntax tree. */
function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(strings);
  if (!isNode(value)) return [];
  if (value.type === 'ConditionalExpression')
    return [...strings(value['consequent']), ...strings(value['alternate'])];
  if (value.type === 'Literal') return typeof value['value'] === 'string' ? [value['value']] : [];
  return Object.values(value).flatMap(strings);
}

const nameOf = (value: unknown): unknown => (isNode(value) ? (value['name'] ?? value['value']) : undefined);

/** Lists ids of entries that a file names: `id` of a `Term` or `TermMark`, and everything that is called `term`. */
function named(value: unknown, component?: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => named(item, component));
  if (!isNode(value)) return [];
  if (value.type === 'JSXOpeningElement') return named(value['attributes'], nameOf(value['name']));
  const attribute = value.type === 'JSXAttribute' ? nameOf(value['name']) : undefined;
  const isTerm = component === 'Term' || component === 'TermMark';
  if (attribute === 'term' || (attribute === 'id' && isTerm)) return strings(value['value']);
  if (value.type === 'Property' && nameOf(value['key']) === 'term') return strings(value['value']);
  return Object.values(value).flatMap((child) => named(child));
}

const used = readdirSync(APP, { encoding: 'utf8', recursive: true })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|testing/.test(path))
  .flatMap((path) => named(parseSync(path, readFileSync(`${APP}/${path}`, 'utf8')).program));

it('names only entries that exist', () => {
  expect(used.length).toBeGreaterThan(30);
  expect(used.filter((id) => !(id in TERMS))).toEqual([]);
});

it('explains every entry that is of a word on the page', () => {
  const ids = (Object.keys(TERMS) as TermId[]).filter((id) => termOf(id).page);
  expect(ids.filter((id) => !used.includes(id))).toEqual([]);
});

it('links to lessons that there are', () => {
  const lessons = (Object.keys(TERMS) as TermId[]).flatMap((id) => termOf(id).lesson ?? []);
  expect(lessons.filter((id) => !BUILT_IN.some((known) => known === id))).toEqual([]);
});
