import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { METHOD_IDS } from '../../../src/engine/methods';
import { readLesson } from '../../../src/app/store/lesson/source';
import { type Draft, draftData, draftOf, readDraft } from '../../../src/lessons/draft';
import { type Lesson, parseLesson } from '../../../src/lessons/format';
import { readProse } from '../../../src/lessons/prose';
import { readTranslation, translated } from '../../../src/lessons/translation';
import { jsonTexts } from '../json';
import { fuzzed } from '../parser';
import { quoted } from './sources';

const file = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../public/lessons/${name}.json`, import.meta.url), 'utf8'));

const NAMES = ['epsilon', 'by-hand', 'tour'];
const LESSONS = NAMES.map(file);
const SMALL = {
  format: 'interlayer-lesson/1',
  id: 'small',
  language: 'en',
  title: 'Small',
  summary: 'A lesson.',
  minutes: 3,
  state: 'tab=align&eps=0.06',
  steps: [
    {
      title: 'One',
      text: '**Bold**, `code`, [[plan]] and {plan.epsilon}.',
      predict: { kind: 'value', question: 'How much?', from: 0, to: 1, reading: 'plan.epsilon' },
    },
    {
      title: 'Two',
      text: 'See {plan.epsilon@1}.',
      do: 'Press.',
      show: { state: 'tab=map', press: 'play' },
      done: {
        all: [
          { state: 'tab=map' },
          { any: [{ reading: 'plan.epsilon', above: 0.01 }, { not: { state: 'tab=try' } }] },
        ],
      },
      predict: {
        kind: 'choice',
        question: 'Which?',
        answers: [
          { text: 'a', right: true },
          { text: 'b', right: { state: 'tab=map' } },
        ],
      },
      seen: 'Seen.',
      point: 'model',
    },
  ],
};

/** The file of a lesson. */
export const lessonFile = fuzzed<string>({
  name: 'lesson',
  inputs: fc.oneof(
    { weight: 3, arbitrary: jsonTexts([SMALL]) },
    { weight: 1, arbitrary: jsonTexts(LESSONS) },
  ),
  errors: ['LessonError'],
  read: (text) => readLesson(text, 'lesson.json'),
  check(lesson: Lesson, text) {
    const data: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    deepEqual(JSON.parse(JSON.stringify(lesson)), JSON.parse(JSON.stringify(data)));
    // As text, because JSON writes −0 as 0, which is the same number.
    const written = JSON.stringify(lesson);
    equal(JSON.stringify(parseLesson(JSON.parse(written), METHOD_IDS)), written);
    for (const step of lesson.steps) {
      const words = readProse(step.text).flatMap(({ parts }) => parts);
      for (const part of words)
        if (part.kind === 'reading' && part.name === '') throw new Error('a reading without a name');
    }
    // The editor opens it and writes the same lesson, but for spaces around texts.
    equal(parseLesson(draftData(draftOf(lesson)), METHOD_IDS).steps.length, lesson.steps.length);
  },
  show: quoted,
});

const WORDS = {
  language: 'de',
  title: 'Klein',
  summary: 'Eine Lektion.',
  steps: [
    { title: 'Eins', text: 'Text.', question: 'Wie viel?' },
    { title: 'Zwei', text: 'Text.', do: 'Drücke.', question: 'Was?', answers: ['a', 'b'], seen: 'Gesehen.' },
  ],
};

/** The words of a lesson in another language. */
export const translation = fuzzed<string>({
  name: 'translation',
  inputs: jsonTexts([WORDS]),
  errors: ['LessonError'],
  read: (text) => {
    const lesson = parseLesson(SMALL, METHOD_IDS);
    return parseLesson(translated(lesson, readTranslation(text, 'small.de.json')), METHOD_IDS);
  },
  check(lesson: Lesson, text) {
    const words = JSON.parse(text) as typeof WORDS;
    equal(lesson.title, words.title);
    deepEqual(
      lesson.steps.map(({ text: each }) => each),
      words.steps.map(({ text: each }) => each),
    );
  },
  show: quoted,
});

const DRAFTS = [readDraft(null), draftOf(parseLesson(SMALL, METHOD_IDS))];

/** The draft of a lesson that the browser keeps. */
export const draft = fuzzed<string>({
  name: 'draft',
  inputs: jsonTexts(DRAFTS),
  errors: ['LessonError'],
  // A draft that cannot be read is a new one; one that can may still be no lesson.
  read: (text) => parseLesson(draftData(readDraft(text)), METHOD_IDS),
  check(lesson: Lesson, text) {
    const { id, title } = JSON.parse(text) as Draft;
    deepEqual([lesson.id, lesson.title], [id, title]);
  },
  show: quoted,
});
