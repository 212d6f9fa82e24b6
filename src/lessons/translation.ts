import * as v from 'valibot';
import { firstIssue } from '../issue';
import { objectOf } from '../recipe/object-of';
import { type Lesson, LessonError, lessonJson } from './format';

const StepSchema = objectOf({
  title: v.string(),
  text: v.string(),
  do: v.exactOptional(v.string()),
  question: v.exactOptional(v.string()),
  answers: v.exactOptional(v.array(v.string())),
  seen: v.exactOptional(v.string()),
});

const TranslationSchema = objectOf({
  language: v.string(),
  title: v.string(),
  summary: v.string(),
  steps: v.array(StepSchema),
});

/** The words of a lesson in another language: the same shape as the lesson, with its words alone. */
export type Translation = v.InferOutput<typeof TranslationSchema>;

/** Reads the file of a translation. @throws LessonError that names the field which is missing or not a text. */
export function readTranslation(text: string, name: string): Translation {
  const result = v.safeParse(TranslationSchema, lessonJson(text, name));
  if (result.success) return result.output;
  const { path, problem } = firstIssue(result.issues);
  throw new LessonError(`${name}: ${path ?? 'file'}: ${problem}. Correct it and load the lesson again.`);
}

/** Returns the lesson with the words of the translation. @throws LessonError if a word is missing or has no counterpart. */
export function translated(lesson: Lesson, translation: Translation): unknown {
  if (translation.steps.length !== lesson.steps.length)
    throw new LessonError(
      `The translation (${translation.language}) of ${lesson.id}: expected ${lesson.steps.length} steps, got ${translation.steps.length}. Translate every step.`,
    );
  const steps = lesson.steps.map((step, index) => {
    const { question, answers, ...words } = translation.steps[index] ?? { title: '', text: '' };
    const { predict } = step;
    const complete =
      (step.do === undefined) === (words.do === undefined) &&
      (step.seen === undefined) === (words.seen === undefined) &&
      (predict === undefined) === (question === undefined) &&
      (predict?.kind === 'choice' ? predict.answers.length : undefined) === answers?.length;
    if (!complete)
      throw new LessonError(
        `The translation (${translation.language}) of ${lesson.id}, step ${index + 1}: expected the same parts as in the lesson, got others. Translate title, text, do, question, answers and seen where the lesson has them.`,
      );
    if (predict === undefined) return { ...step, ...words };
    const asked =
      predict.kind === 'choice'
        ? {
            ...predict,
            question,
            answers: predict.answers.map((answer, k) => ({ ...answer, text: answers?.[k] })),
          }
        : { ...predict, question };
    return { ...step, ...words, predict: asked };
  });
  const { language, title, summary } = translation;
  return { ...lesson, language, title, summary, steps };
}
