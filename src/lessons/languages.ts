/*
 * Room `lessons`: words to teach with, as data: the glossary, and the languages they are written in. Imports the recipe alone, and
 * knows no page.
 */

/** Languages that the glossary and the lessons are written in, each by its own name. The first is the fallback. */
export const LANGUAGES = [
  { id: 'en', name: 'English' },
  { id: 'de', name: 'Deutsch' },
] as const;

export type Language = (typeof LANGUAGES)[number]['id'];

/**
 * Returns the first of some language tags, such as `de-AT`, whose language is one of `LANGUAGES`; else English. What is undefined or null
 * among them, such as a choice that nobody has made, is passed over.
 */
export function languageOf(tags: readonly (string | null | undefined)[]): Language {
  const wanted = tags.map((tag) => tag?.toLowerCase().split('-')[0]);
  const found = wanted.map((tag) => LANGUAGES.find(({ id }) => id === tag)?.id);
  return found.find((id) => id !== undefined) ?? LANGUAGES[0].id;
}
