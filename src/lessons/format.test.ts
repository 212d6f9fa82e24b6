import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Facts, holds } from './condition';
import { LESSON_FORMAT, LessonError, parseLesson } from './format';
import { countWords, readProse } from './prose';

const METHODS = ['opt-deus:paper', 'average'];

const step = { title: 'One', text: 'Look at the plan.' };
const lesson = {
  format: LESSON_FORMAT,
  id: 'mine',
  language: 'en',
  title: 'Mine',
  summary: 'What it is about.',
  minutes: 3,
  steps: [step],
};
const withStep = (change: object) => ({ ...lesson, steps: [step, { ...step, title: 'Two', ...change }] });

const problem = (data: unknown): string => {
  try {
    parseLesson(data, METHODS);
  } catch (error) {
    expect(error).toBeInstanceOf(LessonError);
    return (error as LessonError).message;
  }
  throw new Error('expected the lesson to be refused');
};

describe('a lesson as data', () => {
  it('is taken as it is', () => {
    const whole = withStep({
      state: 'method=average&tensor=up',
      do: 'Set ε to 0.01.',
      show: { state: 'eps=0.01', press: 'evaluate' },
      done: { all: [{ state: 'eps=0.01' }, { reading: 'loss.deeper', below: 9 }] },
      seen: 'It was {plan.cost@1}, now it is {plan.cost}; the [[plan]] is **sharp**.',
      predict: {
        kind: 'choice',
        question: 'Which?',
        answers: [
          { text: 'a', right: true },
          { text: 'b', right: { reading: 'plan.cost', above: 1 } },
        ],
      },
      point: 'epsilon',
    });
    expect(parseLesson(whole, METHODS)).toEqual(whole);
  });

  it.each([
    [{ ...lesson, format: 'other' }, 'format: expected "interlayer-lesson/1"'],
    [{ title: 'A lesson', steps: [step] }, 'got nothing'],
    [{ ...lesson, steps: [] }, 'steps: expected at least one step'],
    [{ ...lesson, steps: [step, step] }, 'step 2: expected a title that no other step has, got “One” again'],
    [withStep({ text: 7 }), 'step 2 (“Two”): text: expected string, got 7'],
    [withStep({ html: '<b>' }), 'step 2 (“Two”): html: expected'],
    [
      withStep({ text: 'word '.repeat(121) }),
      'step 2 (“Two”): text: expected at most 120 words in a step, got 121',
    ],
    [withStep({ state: 'eps=-1' }), 'step 2 (“Two”): state: the state’s field “eps”: '],
    [
      withStep({ state: 'method=magic' }),
      'step 2 (“Two”): state: the state’s field “method”: expected opt-deus:paper',
    ],
    [withStep({ done: { reading: 'plan.beauty' } }), 'step 2 (“Two”): done'],
    [withStep({ done: { state: 'colour=red' } }), 'step 2 (“Two”): done: the state’s field “colour”'],
    [
      withStep({ seen: 'Now {plan.beauty}.' }),
      'step 2 (“Two”): text: expected the name of a reading in braces, got {plan.beauty}',
    ],
    [
      withStep({ text: 'The [[beauty]].' }),
      'step 2 (“Two”): text: expected the id of an entry of the glossary, got [[beauty]]',
    ],
    [
      withStep({ seen: 'Was {plan.cost@2}.' }),
      'step 2 (“Two”): text: expected {plan.cost@…} to name an earlier step, got 2',
    ],
    [withStep({ show: { state: 'tensor=k' } }), 'step 2 (“Two”): show: expected “done”'],
    [withStep({ text: 'evil \u202Etxet' }), 'step 2 (“Two”): text: expected text without control characters'],
    [withStep({ point: 'body' }), 'step 2 (“Two”): point: expected'],
    [{ ...lesson, tour: true }, 'step 1 (“One”): point: expected the control'],
    [null, 'the lesson: expected Object, got null'],
  ])('says what is wrong and where: %#', (data, message) => {
    expect(problem(data)).toContain(message);
  });

  it('refuses conditions that are nested too deeply', () => {
    let done: object = { state: 'tensor=k' };
    for (let depth = 0; depth < 2000; depth++) done = { not: done };
    expect(problem(withStep({ done }))).toContain('step 2 (“Two”): done');
  });

  it('takes or refuses any JSON, with one kind of error', () => {
    const keys = fc.constantFrom('__proto__', 'constructor', 'steps', 'title', 'text', 'done', 'all', 'not');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constant(lesson),
        fc.string(),
        fc.double(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, keys, (value, key) => {
        try {
          parseLesson({ ...lesson, [key]: value }, METHODS);
        } catch (error) {
          expect(error).toBeInstanceOf(LessonError);
        }
      }),
      { numRuns: 500, seed: 13 },
    );
  });
});

describe('text of a lesson', () => {
  it('has paragraphs, bold, code, terms and readings, and nothing else', () => {
    const text =
      'A **bold {model.blocks}** `code` [[plan]]\nand [[matched-mass|the mass]] <b>{plan.cost@2}</b>\n\nTwo';
    expect(readProse(text).map(({ parts }) => parts.map(({ at: _, ...part }) => part))).toEqual([
      [
        { kind: 'text', text: 'A ' },
        { kind: 'bold', text: 'bold ' },
        { kind: 'reading', name: 'model.blocks' },
        { kind: 'text', text: ' ' },
        { kind: 'code', text: 'code' },
        { kind: 'text', text: ' ' },
        { kind: 'term', id: 'plan', text: 'plan' },
        { kind: 'text', text: ' and ' },
        { kind: 'term', id: 'matched-mass', text: 'the mass' },
        { kind: 'text', text: ' <b>' },
        { kind: 'reading', name: 'plan.cost', step: 2 },
        { kind: 'text', text: '</b>' },
      ],
      [{ kind: 'text', text: 'Two' }],
    ]);
    expect(countWords('It *is* {plan.cost}, – **so** [[matched-mass|the mass]].')).toBe(6);
  });
});

describe('conditions', () => {
  const facts: Facts = {
    hasState: (fragment) => fragment === 'tensor=k',
    read: (name) => ({ 'plan.cost': 2, 'race.status': 'done' })[name],
  };
  it.each([
    [{ state: 'tensor=k' }, true],
    [{ state: 'tensor=q' }, false],
    [{ reading: 'plan.cost' }, true],
    [{ reading: 'plan.cost', above: 2 }, false],
    [{ reading: 'plan.cost', above: 1, below: 3 }, true],
    [{ reading: 'plan.error' }, false],
    [{ reading: 'race.status', is: 'done' }, true],
    [{ reading: 'race.status', is: 'idle' }, false],
    [{ not: { reading: 'plan.error' } }, true],
    [{ all: [{ state: 'tensor=k' }, { reading: 'plan.cost', is: 2 }] }, true],
    [{ any: [{ state: 'tensor=q' }, { reading: 'plan.cost', is: 3 }] }, false],
  ])('%j is %s', (condition, expected) => {
    expect(holds(condition, facts)).toBe(expected);
  });
});
