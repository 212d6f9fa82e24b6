import type { Language } from '../languages';
import type { GlossaryWords } from './terms';

/** Loads the glossary of a language, whose words are in a file of their own. */
export async function loadGlossary(language: Language): Promise<GlossaryWords> {
  const { GLOSSARY } = await (language === 'de' ? import('./de') : import('./en'));
  return GLOSSARY;
}
