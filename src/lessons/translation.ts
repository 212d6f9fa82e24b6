import { type Lesson, LessonError } from './format';

/** The words of a lesson in another language: the same shape as the lesson, with its words alone. */
export interface Translation {
  readonly language: string;
  readonly title: string;
  readonly summary: string;
  readonly steps: readonly TranslatedStep[];
}

interface TranslatedStep {
  readonly title: string;
  readonly text: string;
  readonly do?: string;
  readonly question?: string;
  readonly answers?: readonly string[];
  readonly seen?: string;
}

/** Returns the lesson with the words of the translation. @throws LessonError if a word is missing or has no counterpart. */
export function translated(lesson: Lesson, translation: Translation): unknown {
  if (translation.steps.length !== lesson.steps.length)
    throw new LessonError(
      `The translation (${translation.language}) of ${lesson.id} has ${translation.steps.length} steps, expected ${lesson.steps.length}. Translate every step.`,
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
        `The translation (${translation.language}) of ${lesson.id}, step ${index + 1}, has not the same parts as the lesson. Translate title, text, do, question, answers and seen where the lesson has them.`,
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
