import { useId, useRef } from 'react';
import type { TermId } from '../../lessons/glossary/terms';
import { TextFileInput } from '../controls/text-file-input';
import { MAX_TEXT_BYTES } from '../files/file-text';
import { TermMark } from '../glossary/term';
import type { TextUse } from '../store/state/race';
import { setRaceText } from '../store/train/own-texts';
import { SHIPPED_TEXTS } from '../store/train/texts';
import { useApp, useAppState } from '../store/use-app';

/** Chooses one text: the shipped one or the user's file. */
function TextField(props: {
  readonly use: TextUse;
  readonly label: string;
  readonly without?: string | undefined;
  readonly term?: TermId;
}) {
  const { use, label, without, term } = props;
  const { store } = useApp();
  const own = useAppState((state) => state.race.texts[use]);
  const file = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <div className="field stacked">
      <span className="labelled">
        <label htmlFor={id}>{label}</label>
        {term && <TermMark id={term} />}
      </span>
      <select
        id={id}
        value={own ? 'own' : 'shipped'}
        onChange={({ target: { value } }) => {
          if (value === 'file') file.current?.click();
          if (value === 'shipped') setRaceText(store, use, undefined);
        }}
      >
        <option value="shipped">{without ?? SHIPPED_TEXTS[use].title}</option>
        {own && <option value="own">{own.name}</option>}
        <option value="file">A file of your own (.txt, .jsonl)…</option>
      </select>
      <TextFileInput
        input={file}
        label={`${label}, file`}
        accept=".txt,.jsonl,.ndjson,text/plain"
        most={MAX_TEXT_BYTES}
        what="a text"
        onText={(text) => setRaceText(store, use, text)}
      />
    </div>
  );
}

/** Fields for the texts to train on and the texts only to evaluate on. */
export function TextFields() {
  const ownText = useAppState((state) => state.race.texts.train !== undefined);
  const ownPairs = useAppState((state) => state.race.texts.pairs !== undefined);
  const tuning = useAppState((state) => state.recipe.current.training.tuningSteps > 0);
  const { recipe } = useApp();
  const firstPage = useAppState((state) => state.view.firstPage);
  return (
    <>
      <TextField use="train" label="Learns from" />
      <TextField
        use="heldout"
        label="New domain, held out"
        term="held-out-loss"
        without={ownText ? 'the last tenth of the text' : undefined}
      />
      <TextField use="retention" label="Old domain, held out" term="retention" />
      <label
        className="check"
        title="The first 2,000 characters of each text: a quick look, and a text that is soon seen again"
      >
        <input
          type="checkbox"
          checked={firstPage}
          onChange={({ target }) => recipe.setRace({ firstPage: target.checked })}
        />
        only the first page of each
      </label>
      {tuning && (
        <>
          <TextField use="pairs" label="Then from instructions" term="loss-mask" />
          <TextField
            use="heldoutPairs"
            label="Instructions, held out"
            without={ownPairs ? 'none' : undefined}
          />
        </>
      )}
    </>
  );
}
