import { type TermId, termOf } from '../../lessons/glossary/terms';
import { LANGUAGES } from '../../lessons/languages';
import { askLesson } from '../store/session/ask-lesson';
import { useApp } from '../store/use-app';
import { TermPicture } from './pictures';
import { useGlossary } from './use-glossary';

/** What a card says: the term, its meaning, a picture or formula where there is one, and the lesson that shows it. */
export function Entry(props: {
  readonly id: TermId;
  readonly card: string;
  /** Called when the lesson is opened. */
  readonly onLesson: () => void;
}) {
  const { id, card, onLesson } = props;
  const { store, language: actions } = useApp();
  const glossary = useGlossary();
  if (glossary === undefined) return <p id={`${card}-term`}>…</p>;
  const { language, words } = glossary;
  if (words === undefined)
    return (
      <p id={`${card}-term`} className="problem">
        The glossary could not be loaded. Check the connection and reload the page.
      </p>
    );
  const [term, meaning] = words.entries[id];
  const { formula, picture, lesson } = termOf(id);
  const other = LANGUAGES.find(({ id: known }) => known !== language);
  return (
    <div className="entry" lang={language}>
      {picture && <TermPicture name={picture} />}
      <p id={`${card}-term`} className="entry-term">
        {term}
      </p>
      <p id={`${card}-meaning`} className="entry-meaning">
        {meaning}
      </p>
      {formula && <p className="entry-formula">{formula}</p>}
      <p className="entry-foot">
        {lesson && (
          <a
            href={`#lesson=${lesson}`}
            onClick={(event) => {
              event.preventDefault();
              onLesson();
              store.setState({ dialog: null });
              askLesson(store, { name: lesson });
            }}
          >
            {words.lesson}
          </a>
        )}
        {other && (
          <button
            type="button"
            className="link-button"
            lang={other.id}
            onClick={() => actions.choose(other.id)}
          >
            {other.name}
          </button>
        )}
      </p>
    </div>
  );
}
