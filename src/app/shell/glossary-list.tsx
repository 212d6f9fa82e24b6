import { useId, useState } from 'react';
import { type GlossaryWords, TERMS, type TermId, termOf } from '../../lessons/glossary/terms';
import type { Language } from '../../lessons/languages';
import { LanguageChoice } from '../controls/language-choice';
import { useGlossary } from '../glossary/use-glossary';

const IDS = (Object.keys(TERMS) as TermId[]).filter((id) => termOf(id).page);

/** Returns the entries that have the text in their term or their meaning, those with it in the term first. */
function findEntries({ entries }: GlossaryWords, text: string, language: Language) {
  const wanted = text.trim().toLocaleLowerCase(language);
  const has = (words: string): boolean => words.toLocaleLowerCase(language).includes(wanted);
  return IDS.map((id) => ({ id, term: entries[id][0], meaning: entries[id][1] }))
    .filter(({ term, meaning }) => has(term) || has(meaning))
    .toSorted((a, b) => Number(has(b.term)) - Number(has(a.term)) || a.term.localeCompare(b.term, language));
}

/** The glossary as a list that can be searched, in the chosen language. */
export function GlossaryList() {
  const glossary = useGlossary();
  const [text, setText] = useState('');
  const id = useId();
  if (glossary?.words === undefined) return null;
  const { language, words } = glossary;
  const entries = findEntries(words, text, language);
  return (
    <section className="glossary-list" aria-labelledby={id} lang={language}>
      <div className="row spread wrap">
        <h3 id={id}>{words.glossary}</h3>
        <LanguageChoice />
      </div>
      <input
        type="search"
        aria-label={words.find}
        placeholder={words.find}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <p className="hint" role="status">
        {entries.length === 0 ? words.none : words.listed(entries.length, IDS.length)}
      </p>
      {entries.length > 0 && (
        // Users must be able to focus and scroll it with the keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="glossary-entries" tabIndex={0} role="region" aria-label={words.glossary}>
          <dl>
            {entries.map(({ id: entry, term, meaning }) => (
              <div key={entry}>
                <dt>{term}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </section>
  );
}
