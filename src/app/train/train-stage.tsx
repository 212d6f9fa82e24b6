/* Room `train`: the stage Train, a race of arms. Its charts are in `train/charts`. Imports no other stage. */

import { useEffect, useState } from 'react';
import { Term } from '../glossary/term';
import { useAppState } from '../store/use-app';
import '../styles/train.css';
import { RaceCharts } from './charts/race-charts';
import { KeptRaces } from './kept-races';
import { RaceBar, StartButtons } from './race-bar';
import { RaceSetupForm } from './race-setup-form';
import { ResultsTable } from './results-table';
import { useRace } from '../store/use-race';

/** The stage Train: sets up, runs and shows a race. */
export function TrainStage() {
  const actions = useRace();
  const race = useAppState((state) => state.race.race);
  const failure = useAppState((state) => state.race.failure);
  const [selected, setSelected] = useState<string>();
  useEffect(() => {
    const look = (): void => void actions.restore();
    look();
    // Another tab may have let go of a race meanwhile.
    addEventListener('focus', look);
    return () => removeEventListener('focus', look);
  }, [actions]);

  return (
    <section className="train" aria-labelledby="train-title">
      <h2 id="train-title">
        {race ? (
          <>
            Arms <Term id="race">race</Term> on the same batches
          </>
        ) : (
          <>
            Train the new blocks, <Term id="arm">arm</Term> against arm
          </>
        )}
      </h2>
      {race ? (
        <>
          <RaceBar />
          <KeptRaces />
          <RaceCharts race={race} selected={selected} onSelect={setSelected} />
          <ResultsTable race={race} selected={selected} onSelect={setSelected} />
        </>
      ) : (
        <>
          <KeptRaces />
          <RaceSetupForm />
          <StartButtons />
          {failure && (
            <p className="problem-box" role="alert">
              {failure.message}
            </p>
          )}
        </>
      )}
    </section>
  );
}
