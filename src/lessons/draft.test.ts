import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METHOD_IDS } from '../engine/methods';
import { NEW_DRAFT, NEW_STEP, draftData, draftOf, readDraft } from './draft';
import { parseLesson } from './format';

const FOLDER = new URL('../../public/lessons/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => /^[a-z-]+\.json$/.test(name));

describe('a draft of a lesson', () => {
  it.each(files)('has every part of %s, and gives it back', (name) => {
    const data: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
    const lesson = parseLesson(data, METHOD_IDS);
    const draft = draftOf(lesson);
    expect(parseLesson(draftData(draft), METHOD_IDS)).toEqual(lesson);
    expect(readDraft(JSON.stringify(draft))).toEqual(draft);
  });

  it('begins anew if what was stored cannot be read', () => {
    for (const text of [null, '', '{"steps": []}', '[1']) expect(readDraft(text)).toBe(NEW_DRAFT);
  });

  it('says which step has a condition that is no JSON', () => {
    const steps = [NEW_STEP, { ...NEW_STEP, title: 'Two', done: '{reading' }];
    expect(() => draftData({ ...NEW_DRAFT, steps })).toThrow(/step 2 \(“Two”\): done: expected JSON/);
  });

  it.each([
    ['', 'nothing'],
    ['five', '“five”'],
    ['1e999', '“1e999”'],
  ])('says which number is none: %j', (text, got) => {
    expect(() => draftData({ ...NEW_DRAFT, minutes: text })).toThrow(
      `minutes: expected a number, got ${got}. Write one.`,
    );
    const step = { ...NEW_STEP, title: 'One', predict: 'value' as const, question: 'How many?', to: text };
    expect(() => draftData({ ...NEW_DRAFT, steps: [step] })).toThrow(
      `step 1 (“One”): to: expected a number, got ${got}. Write one.`,
    );
    // What is not asked for is not looked at.
    expect(() => draftData({ ...NEW_DRAFT, steps: [{ ...step, predict: 'none' }] })).not.toThrow();
  });

  it('reads answers, those that are right and those that depend', () => {
    const answers = 'no\n* yes\nperhaps => {"reading":"plan.n","above":3}\n';
    const step = { ...NEW_STEP, predict: 'choice' as const, question: 'Is it?', answers };
    expect(draftData({ ...NEW_DRAFT, steps: [step] })).toMatchObject({
      steps: [
        {
          predict: {
            answers: [
              { text: 'no', right: false },
              { text: 'yes', right: true },
              { text: 'perhaps', right: { reading: 'plan.n', above: 3 } },
            ],
          },
        },
      ],
    });
  });
});
