import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { main } from '../src/cli/main';
import { GLOSSARY } from '../src/lessons/glossary/en';
import { METHODS } from '../src/upscale/methods';

/** Texts with a word of the glossary's second table that may stay, with the reason. */
const EXCEPTIONS: readonly (readonly [text: string, reason: string])[] = [
  ['<image ', 'an element of SVG'],
  ['papers also say layer', 'what a block is called elsewhere'],
  ['the dual variables f', 'what potentials are called elsewhere'],
  ['model.layers.', 'the name of blocks in checkpoints'],
  ['at this position', 'the position of a token in a text'],
  ['positions', 'the name of a preset in links and on the command line'],
  ['Progressive Depth Up-scaling', 'the title of the paper'],
];

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(SRC, { encoding: 'utf8', recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(`${SRC}/${path}`, 'utf8') }));

/** Rows of the glossary's two tables: terms, and words not used. */
const [terms = [], unused = []] = readFileSync(new URL('../docs/glossary.md', import.meta.url), 'utf8')
  .split('## Words not used')
  .map((part) => [...part.matchAll(/^\| ([^|]+?) +\| (.+?) +\|$/gm)].slice(1))
  .map((rows) =>
    rows.map(([, word = '', meaning = '']) => ({ word, meaning })).filter(({ word }) => /^[^-]/.test(word)),
  );

/** Matches the word and its plural, but not as a part of another word. */
const pattern = (word: string): RegExp => new RegExp(`(?<![\\p{L}-])${word}s?(?![\\p{L}-])`, 'iu');

/** Removes line breaks, and the stars and slashes of comments, between words. */
const flat = (text: string): string => text.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');

interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: unknown;
  readonly [key: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Lists JSX text and strings, without types, class names, ids and strings of one lower-case word (codes). */
function visible(value: unknown, inMarkup = false): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => visible(item, inMarkup));
  if (!isNode(value)) return [];
  const { type, name } = value;
  if (/^(Import|ExportAll|TS\w*Type)/.test(type)) return [];
  if (type === 'JSXAttribute' && isNode(name) && /^(className|id|htmlFor|key|d)$/.test(String(name.name)))
    return [];
  const quasi = type === 'TemplateElement' ? (value.value as { cooked?: unknown }).cooked : undefined;
  const text = type === 'Literal' || type === 'JSXText' ? value.value : quasi;
  if (typeof text === 'string')
    return inMarkup || type === 'JSXText' || /\s|^\p{Lu}/u.test(text) ? [flat(text)] : [];
  const markup = type.startsWith('JSX');
  return Object.values(value).flatMap((child) => visible(child, markup));
}

test('every term of the glossary is a word of the source', () => {
  // Without the glossary itself, which has them all.
  const users = files.filter(({ path }) => !path.startsWith('lessons/glossary/'));
  const source = flat(users.map(({ text }) => text).join('\n'));
  expect(terms.length).toBeGreaterThan(35);
  expect(terms.filter(({ word }) => !pattern(word).test(source))).toEqual([]);
});

test('the page and the help of the command line use the words of the glossary', async () => {
  let help = '';
  await main(['--help'], { out: (text) => (help += text), err: () => undefined, isTTY: false, base: '.' });
  const page = files.filter(({ path }) => /^app\/[^.]+\.tsx?$/.test(path));
  const said = [
    ...Object.values(GLOSSARY.entries).map(([term, meaning]) => [term, meaning] as const),
    ...help.split('\n').map((line) => ['--help', line] as const),
    ...METHODS.flatMap(({ id, title, short, meaning }) =>
      [title, short, meaning].map((line) => [id, line] as const),
    ),
    ...page.flatMap(({ path, text }) =>
      visible(parseSync(path, text).program).map((line) => [path, line] as const),
    ),
  ];
  const withoutExceptions = (line: string): string =>
    EXCEPTIONS.reduce((rest, [exception]) => rest.replaceAll(exception, ''), line);
  expect(said.length).toBeGreaterThan(1000);
  expect(unused.length).toBeGreaterThan(10);
  const slips = unused.flatMap(({ word, meaning }) =>
    said
      .filter(([, line]) => pattern(word).test(withoutExceptions(line)))
      .map(([where, line]) => `${where}: “${line}” (${word} → ${meaning})`),
  );
  expect(slips).toEqual([]);
});
