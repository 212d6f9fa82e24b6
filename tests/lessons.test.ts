import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METHOD_IDS } from '../src/engine/methods';
import { type Lesson, MAX_WORDS, parseLesson } from '../src/lessons/format';
import { LANGUAGES } from '../src/lessons/languages';
import { countWords, readingsOf } from '../src/lessons/prose';
import { type Translation, translated } from '../src/lessons/translation';
import { BUILT_IN } from '../src/app/store/lesson/source';

const FOLDER = new URL('../public/lessons/', import.meta.url);
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));

const IDS = [...BUILT_IN, 'tour'];
const OTHERS = LANGUAGES.map(({ id }) => id).filter((id) => id !== 'en');

/** All numbers that the words of a lesson take from the page, step by step. */
const numbersOf = (lesson: Lesson) =>
  lesson.steps.map((step) =>
    [step.text, step.do ?? '', step.seen ?? '']
      .flatMap((text) => readingsOf(text).map(({ name, step: at = '' }) => `${name}@${at}`))
      .toSorted(),
  );

it('has a file for every lesson in every language, and no other', () => {
  const expected = IDS.flatMap((id) => [`${id}.json`, ...OTHERS.map((language) => `${id}.${language}.json`)]);
  expect(readdirSync(FOLDER).toSorted()).toEqual(expected.toSorted());
});

describe.each(IDS)('the lesson %s', (id) => {
  const lesson = parseLesson(json(`${id}.json`), METHOD_IDS);
  const all = [
    lesson,
    ...OTHERS.map((language) =>
      parseLesson(translated(lesson, json(`${id}.${language}.json`) as Translation), METHOD_IDS),
    ),
  ];

  it('is named as its file and written in English', () => {
    expect([lesson.id, lesson.language]).toEqual([id, 'en']);
    expect(all.map(({ language }) => language)).toEqual(['en', ...OTHERS]);
  });

  it('has five to eight steps, the tour at most six, of at most 120 words', () => {
    expect(lesson.steps.length).toBeLessThanOrEqual(id === 'tour' ? 6 : 8);
    expect(lesson.steps.length).toBeGreaterThanOrEqual(5);
    for (const { language, steps } of all)
      for (const { title, text, do: task = '', seen = '' } of steps)
        expect(
          countWords(text) + countWords(task) + countWords(seen),
          `${language}: ${title}`,
        ).toBeLessThanOrEqual(MAX_WORDS);
  });

  it('says the same numbers in every language', () => {
    for (const other of all) expect(numbersOf(other)).toEqual(numbersOf(lesson));
  });

  it('is translated word for word, not left in English', () => {
    for (const other of all.slice(1))
      for (const [at, step] of other.steps.entries()) expect(step.text).not.toBe(lesson.steps[at]?.text);
  });
});

it('most lessons ask for a prediction first', () => {
  for (const id of BUILT_IN) {
    const { steps } = parseLesson(json(`${id}.json`), METHOD_IDS);
    expect(steps.filter(({ predict }) => predict !== undefined).length, id).toBeGreaterThan(0);
  }
});
