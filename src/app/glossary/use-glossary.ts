import { useEffect, useState } from 'react';
import type { GlossaryWords } from '../../lessons/glossary/terms';
import { loadGlossary } from '../../lessons/glossary/texts';
import type { Language } from '../../lessons/languages';
import { useAppState } from '../store/use-app';

interface Glossary {
  readonly language: Language;
  /** Undefined if they could not be loaded. */
  readonly words: GlossaryWords | undefined;
}

/** Returns the glossary in the chosen language; until that is loaded the one before, at first undefined. */
export function useGlossary(): Glossary | undefined {
  const language = useAppState((state) => state.language);
  const [glossary, setGlossary] = useState<Glossary>();
  useEffect(() => {
    let current = true;
    const show = (words: GlossaryWords | undefined) => current && setGlossary({ language, words });
    loadGlossary(language).then(show, () => show(undefined));
    return () => {
      current = false;
    };
  }, [language]);
  return glossary;
}
