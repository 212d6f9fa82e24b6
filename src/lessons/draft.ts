import * as v from 'valibot';
import { type Lesson, LESSON_FORMAT, LessonError, type Prediction } from './format';

const StepDraftSchema = v.object({
  title: v.string(),
  text: v.string(),
  do: v.string(),
  seen: v.string(),
  /** Link fragments. */
  state: v.string(),
  show: v.string(),
  press: v.string(),
  /** A condition as JSON; empty: done by reading. */
  done: v.string(),
  point: v.string(),
  activity: v.string(),
  predict: v.picklist(['none', 'choice', 'value']),
  question: v.string(),
  /** One answer a line; see `answersOf`. */
  answers: v.string(),
  from: v.string(),
  to: v.string(),
  reading: v.string(),
});

const DraftSchema = v.object({
  id: v.string(),
  language: v.string(),
  title: v.string(),
  summary: v.string(),
  minutes: v.string(),
  state: v.string(),
  tour: v.boolean(),
  steps: v.pipe(v.array(StepDraftSchema), v.minLength(1)),
});

/** A lesson while it is written: what stands in the fields of the editor, valid or not. */
export type Draft = v.InferOutput<typeof DraftSchema>;
export type StepDraft = Draft['steps'][number];

export const NEW_STEP: StepDraft = {
  title: '',
  text: '',
  do: '',
  seen: '',
  state: '',
  show: '',
  press: '',
  done: '',
  point: '',
  activity: '',
  predict: 'none',
  question: '',
  answers: '',
  from: '0',
  to: '1',
  reading: '',
};

export const NEW_DRAFT: Draft = {
  id: 'my-lesson',
  language: 'en',
  title: '',
  summary: '',
  minutes: '5',
  state: '',
  tour: false,
  steps: [NEW_STEP],
};

/** Returns a stored draft; a new one if there is none or it cannot be read. */
export function readDraft(text: string | null): Draft {
  try {
    return v.parse(DraftSchema, JSON.parse(text ?? ''));
  } catch {
    return NEW_DRAFT;
  }
}

function json(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LessonError(
      `${where}: expected JSON such as {"reading": "plan.epsilon", "below": 0.02}, got ${text}. Correct it.`,
    );
  }
}

function number(text: string, where: string): number {
  const value = Number(text.trim().replace(',', '.'));
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new LessonError(
    `${where}: expected a number, got ${text.trim() === '' ? 'nothing' : `“${text}”`}. Write one.`,
  );
}

/** Reads answers, one a line: `* ` before those that are right, or after ` => ` the condition under which one is. */
function answersOf(text: string, where: string): unknown[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, words = line, condition] = /^(.*?)\s*=>\s*(\{.*\})$/.exec(line) ?? [];
      if (condition !== undefined) return { text: words, right: json(condition, where) };
      const right = line.startsWith('*');
      return { text: right ? line.slice(1).trim() : line, right };
    });
}

function answersText(predict: Extract<Prediction, { kind: 'choice' }>): string {
  return predict.answers
    .map(({ text, right }) =>
      typeof right === 'boolean' ? `${right ? '* ' : ''}${text}` : `${text} => ${JSON.stringify(right)}`,
    )
    .join('\n');
}

/** Leaves out what is empty. */
const filled = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, text]) => text.trim() !== ''));

function stepData(step: StepDraft, index: number): unknown {
  const { title, text, press, done, predict, question, answers, from, to, reading } = step;
  const where = (field: string) => `step ${index + 1} (“${title}”): ${field}`;
  const asked = {
    none: () => undefined,
    choice: () => ({ kind: 'choice', question, answers: answersOf(answers, where('predict')) }),
    value: () => ({
      kind: 'value',
      question,
      from: number(from, where('from')),
      to: number(to, where('to')),
      reading,
    }),
  }[predict]();
  const show = filled({ state: step.show, press });
  return {
    title,
    text,
    ...filled({ do: step.do, seen: step.seen, state: step.state }),
    ...(asked === undefined ? {} : { predict: asked }),
    ...(Object.keys(show).length === 0 ? {} : { show }),
    ...(done.trim() === '' ? {} : { done: json(done, where('done')) }),
    ...filled({ point: step.point, activity: step.activity }),
  };
}

/**
 * Returns the draft as the data of a lesson, which `parseLesson` checks.
 * @throws LessonError if a condition is not JSON, or a number is none.
 */
export function draftData(draft: Draft): unknown {
  const { id, language, title, summary, minutes, state, tour, steps } = draft;
  return {
    format: LESSON_FORMAT,
    id,
    language,
    title,
    summary,
    minutes: number(minutes, 'minutes'),
    ...filled({ state }),
    ...(tour ? { tour } : {}),
    steps: steps.map(stepData),
  };
}

/** Returns the fields of the editor for a lesson. */
export function draftOf(lesson: Lesson): Draft {
  const { id, language, title, summary, minutes, state = '', tour = false } = lesson;
  const steps = lesson.steps.map((step): StepDraft => {
    const { predict } = step;
    return {
      ...NEW_STEP,
      title: step.title,
      text: step.text,
      do: step.do ?? '',
      seen: step.seen ?? '',
      state: step.state ?? '',
      show: step.show?.state ?? '',
      press: step.show?.press ?? '',
      done: step.done === undefined ? '' : JSON.stringify(step.done),
      point: step.point ?? '',
      activity: step.activity ?? '',
      predict: predict?.kind ?? 'none',
      question: predict?.question ?? '',
      ...(predict?.kind === 'choice' && { answers: answersText(predict) }),
      ...(predict?.kind === 'value' && {
        from: String(predict.from),
        to: String(predict.to),
        reading: predict.reading,
      }),
    };
  });
  return { id, language, title, summary, minutes: String(minutes), state, tour, steps };
}
