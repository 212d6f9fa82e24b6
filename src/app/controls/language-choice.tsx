import { LANGUAGES } from '../../lessons/languages';
import { useApp, useAppState } from '../store/use-app';
import { Segments } from './segments';

/** Buttons that choose the language of the glossary and the lessons. */
export function LanguageChoice() {
  const { language: actions } = useApp();
  const language = useAppState((state) => state.language);
  return (
    <Segments
      name="Language of glossary and lessons"
      options={LANGUAGES.map(({ id, name }) => ({ value: id, label: name }))}
      value={language}
      onChoose={actions.choose}
    />
  );
}
