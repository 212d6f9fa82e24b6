import type { Language } from '../languages';
import type { LessonWords } from './words';

/** Loads the words of a language. */
export async function loadWords(language: Language): Promise<LessonWords> {
  return language === 'de' ? (await import('./de')).WORDS : (await import('./en')).WORDS;
}
