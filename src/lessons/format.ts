import * as v from 'valibot';
import { decodeLink } from '../recipe/link';
import type { MethodId } from '../recipe/schema';
import { type Condition, conditionSchema } from './condition';
import { CONTROLS } from '../recipe/controls';
import { objectOf } from '../recipe/object-of';
import { checkProse, countWords } from './prose';
import { readingName } from './readings';
import { firstIssue } from '../issue';
import { LegibleError } from '../legible';

export const LESSON_FORMAT = 'interlayer-lesson/1';

/** Most words that a learner reads in one step: text, instruction and what was seen. */
export const MAX_WORDS = 120;

/** What Show me may press, besides setting a state. A link or a step never presses anything by itself. */
export const PRESSES = ['play', 'evaluate', 'compare', 'race', 'write', 'export', 'activity'] as const;
export type Press = (typeof PRESSES)[number];

/** Parts of the lesson panel in which something is done by hand. */
export const ACTIVITIES = ['twin', 'paint', 'scale', 'symmetries'] as const;
export type ActivityName = (typeof ACTIVITIES)[number];

/** Control characters and those that change the direction of text may hide what a text says. */
// oxlint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.check((value) => value.trim() !== '', 'expected some text'),
    v.maxLength(most, `expected at most ${most} characters`),
    v.check((value) => !HIDDEN.test(value), 'expected text without control characters'),
  );

const slug = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected a name such as why-deeper'));

/** A link fragment such as `tab=align&tensor=q&eps=0.06`; its fields are checked by `parseLesson`. */
const fragment = v.pipe(v.string(), v.maxLength(2000, 'expected a state of at most 2,000 characters'));

const AnswerSchema = objectOf({
  text: text(160),
  /** Whether this is what happened; asked when the step is done. */
  right: v.union([v.boolean(), conditionSchema]),
});

const PredictSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('choice'),
    question: text(240),
    answers: v.pipe(v.array(AnswerSchema), v.minLength(2), v.maxLength(4)),
  }),
  /** The learner drags a mark to the value they expect; the page shows the true one beside it. */
  v.strictObject({
    kind: v.literal('value'),
    question: text(240),
    from: v.pipe(v.number(), v.finite()),
    to: v.pipe(v.number(), v.finite()),
    reading: readingName,
  }),
]);

const StepSchema = objectOf({
  title: text(80),
  text: text(1200),
  /** What the learner is asked to do. */
  do: v.exactOptional(text(400)),
  predict: v.exactOptional(PredictSchema),
  /** Set when the step begins; what it does not name stays as it is. */
  state: v.exactOptional(fragment),
  /** What Show me does. */
  show: v.exactOptional(
    objectOf({ state: v.exactOptional(fragment), press: v.exactOptional(v.picklist(PRESSES)) }),
  ),
  /** Without it the step is done by reading. */
  done: v.exactOptional(conditionSchema),
  /** Shown when the step is done. */
  seen: v.exactOptional(text(800)),
  /** The control that is outlined. */
  point: v.exactOptional(v.picklist(CONTROLS)),
  activity: v.exactOptional(v.picklist(ACTIVITIES)),
});

const LessonSchema = objectOf({
  format: v.literal(LESSON_FORMAT, `expected "${LESSON_FORMAT}"`),
  id: slug,
  /** BCP 47 tag of the language of its words. */
  language: v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a tag such as en')),
  title: text(80),
  summary: text(240),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(120)),
  /** The state that the lesson begins with; fields that it does not name have their default. */
  state: v.exactOptional(fragment),
  /** Shown as cards beside what they point at instead of in a panel. */
  tour: v.exactOptional(v.boolean()),
  steps: v.pipe(v.array(StepSchema), v.minLength(1, 'expected at least one step'), v.maxLength(40)),
});

export type Lesson = v.InferOutput<typeof LessonSchema>;
export type Step = Lesson['steps'][number];
export type Prediction = NonNullable<Step['predict']>;

/** A lesson is malformed; the message says at which step. */
export class LessonError extends LegibleError {
  override name = 'LessonError';
}

/** Parses the text of a lesson's file. @throws LessonError if it is not JSON. */
export function lessonJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LessonError(
      `${name}: expected JSON, got something else (${reason}). Check commas and quotes.`,
      { cause },
    );
  }
}

/** Lists every state that a condition names. */
function statesOf(condition: Condition): string[] {
  if ('state' in condition) return [condition.state];
  if ('all' in condition) return condition.all.flatMap(statesOf);
  if ('any' in condition) return condition.any.flatMap(statesOf);
  if ('not' in condition) return statesOf(condition.not);
  return [];
}

/** `steps.2.text` → `step 3 (“Title”): text`. */
function place(path: string | null, data: unknown): string {
  const [, index, rest] = /^steps\.(\d+)\.?(.*)$/.exec(path ?? '') ?? [];
  if (index === undefined) return path ?? 'the lesson';
  const steps = (data as { steps?: unknown[] }).steps;
  const title = (steps?.[Number(index)] as { title?: unknown } | null)?.title;
  const named = typeof title === 'string' ? ` (“${title.slice(0, 60)}”)` : '';
  return `step ${Number(index) + 1}${named}${rest ? `: ${rest}` : ''}`;
}

const fail = (where: string, what: string): never => {
  throw new LessonError(`${where}: ${what.replace(/\.$/, '')}. Correct it and load the lesson again.`);
};

/**
 * Checks unknown data against the format.
 * @param methods ids of all methods, which states may name.
 * @throws LessonError naming the step, the field, what was expected and what was found.
 */
export function parseLesson(data: unknown, methods: readonly MethodId[]): Lesson {
  const result = v.safeParse(LessonSchema, data);
  if (!result.success) {
    const { path, problem } = firstIssue(result.issues);
    fail(place(path, data), problem);
  }
  const lesson = (result as { output: Lesson }).output;
  checkState('state', lesson.state, methods);
  const titles = lesson.steps.map(({ title }) => title);
  const twice = titles.findIndex((title, index) => titles.indexOf(title) !== index);
  if (twice !== -1)
    fail(`step ${twice + 1}`, `expected a title that no other step has, got “${titles[twice] ?? ''}” again`);
  for (const [index, step] of lesson.steps.entries()) checkStep(step, index, lesson, methods);
  return lesson;
}

function checkState(where: string, state: string | undefined, methods: readonly MethodId[]): void {
  const problem = state === undefined ? undefined : decodeLink(state, methods).problems[0];
  if (problem) fail(where, `the state’s field “${problem.field}”: ${problem.message}`);
}

function checkStep(step: Step, index: number, lesson: Lesson, methods: readonly MethodId[]): void {
  const where = (field: string) => `step ${index + 1} (“${step.title}”): ${field}`;
  checkState(where('state'), step.state, methods);
  checkState(where('show'), step.show?.state, methods);
  for (const state of step.done ? statesOf(step.done) : []) checkState(where('done'), state, methods);
  const read = [step.text, step.do, step.seen].filter((each) => each !== undefined);
  for (const each of read) {
    const checked = checkProse(each, index + 1);
    if (checked !== true) fail(where('text'), checked);
  }
  const words = read.reduce((sum, each) => sum + countWords(each), 0);
  if (words > MAX_WORDS) fail(where('text'), `expected at most ${MAX_WORDS} words in a step, got ${words}`);
  if (step.show !== undefined && step.done === undefined)
    fail(where('show'), 'expected “done”, which says when the step is done, beside “show”');
  const { predict } = step;
  if (predict?.kind === 'value' && !(predict.to > predict.from))
    fail(where('predict'), `expected “to” above “from”, got ${predict.from} and ${predict.to}`);
  if (lesson.tour === true && step.point === undefined)
    fail(where('point'), 'expected the control that this step of the tour points at');
}
