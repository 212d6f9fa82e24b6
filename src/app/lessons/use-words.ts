import { use } from 'react';
import type { Language } from '../../lessons/languages';
import { loadWords } from '../../lessons/words/load';
import type { LessonWords } from '../../lessons/words/words';
import { useAppState } from '../store/use-app';

const loading = new Map<Language, Promise<LessonWords>>();

function wordsOf(language: Language): Promise<LessonWords> {
  const known = loading.get(language);
  if (known) return known;
  const words = loadWords(language);
  loading.set(language, words);
  // A failed load is tried again the next time.
  words.catch(() => loading.delete(language));
  return words;
}

/** Returns the words around lessons in the chosen language. Suspends while they are loaded. */
export const useWords = (): LessonWords => use(wordsOf(useAppState(({ language }) => language)));
