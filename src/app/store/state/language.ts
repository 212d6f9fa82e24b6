import type { Language } from '../../../lessons/languages';

export interface WithLanguage {
  /** The language of the glossary and the lessons. It is a person's, so it is in no link. */
  readonly language: Language;
}
