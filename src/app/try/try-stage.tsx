/* Room `try`: the stage Try, several models side by side on the same text. Imports no other stage. */

import { useEffect, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useAppState } from '../store/use-app';
import { useRace } from '../store/use-race';
import { modelChoices } from '../store/try/choices';
import { AddColumn, ColumnHeads } from './column-heads';
import { ContinueSection } from './continue-section';
import { ReadSection } from './read-section';
import '../styles/try.css';
import '../styles/try-results.css';
import '../styles/try-lens.css';

/** The stage Try. */
export function TryStage() {
  const race = useRace();
  // Loads the race of an earlier visit, so that its models can be tried.
  useEffect(() => void race.restore(), [race]);
  const known = useAppState(
    useShallow(({ model, backend, recipe, race }) => ({ model, backend, recipe, race })),
  );
  const columns = useAppState((state) => state.tryStage.columns.length);
  const choices = useMemo(() => modelChoices(known), [known]);
  const { info } = known.model;
  if (info === undefined) return <section className="try" aria-label="Try" />;

  return (
    <section className="try" aria-labelledby="try-title" data-columns={columns}>
      <div className="row spread wrap">
        <h2 id="try-title">The same words through several models</h2>
        {info.hasTokenizer && <AddColumn />}
      </div>
      {info.hasTokenizer ? (
        <>
          <ColumnHeads choices={choices} />
          <ContinueSection choices={choices} />
          <ReadSection choices={choices} />
        </>
      ) : (
        <p className="hint">No text can be given to this model. {info.tokenizerMissing}</p>
      )}
    </section>
  );
}
