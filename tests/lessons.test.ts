import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { METHOD_IDS } from '../src/engine/methods';
import { TERMS } from '../src/lessons/glossary/terms';
import { type Lesson, parseLesson } from '../src/lessons/format';
import { LANGUAGES } from '../src/lessons/languages';
import { readProse, readingsOf } from '../src/lessons/prose';
import { type Translation, translated } from '../src/lessons/translation';

const FOLDER = new URL('../public/lessons/', import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const ids = files.map((file) => file.replace('.json', '')).filter((name) => !name.includes('.'));
const [, ...others] = LANGUAGES.map(({ id }) => id);

const textsOf = ({ steps }: Lesson): string[][] =>
  steps.map((step) =>
    [step.text, step.do, step.seen, step.predict?.question].filter((text) => text !== undefined),
  );

/** Readings of a step's texts, sorted: a translation may order a sentence in its own way, but says the same numbers. */
const readings = (lesson: Lesson): string[][] =>
  textsOf(lesson).map((texts) =>
    texts
      .flatMap(readingsOf)
      .map(({ name, step }) => `${name}@${step ?? ''}`)
      .toSorted(),
  );

const terms = (lesson: Lesson): string[] =>
  textsOf(lesson)
    .flat()
    .flatMap((text) => readProse(text).flatMap(({ parts }) => parts))
    .flatMap((part) => (part.kind === 'term' ? [part.id] : []));

test('every file is a lesson or a translation of one', () => {
  const expected = ids.flatMap((id) => [`${id}.json`, ...others.map((language) => `${id}.${language}.json`)]);
  expect(files.toSorted()).toEqual(expected.toSorted());
});

describe.each(ids)('lesson %s', (id) => {
  const lesson = parseLesson(read(`${id}.json`), METHOD_IDS);

  test('has its own id, in English', () => {
    expect(lesson).toMatchObject({ id, language: 'en' });
  });

  test.each(others)('says the same in %s', (language) => {
    const translation = read(`${id}.${language}.json`) as Translation;
    const other = parseLesson(translated(lesson, translation), METHOD_IDS);
    expect(other.language).toBe(language);
    expect(readings(other)).toEqual(readings(lesson));
    expect(terms(other).toSorted()).toEqual(terms(lesson).toSorted());
  });

  test('names terms of the glossary', () => {
    expect(terms(lesson).filter((term) => !Object.hasOwn(TERMS, term))).toEqual([]);
  });
});
