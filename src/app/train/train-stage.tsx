/* Room `train`: the stage Train, a race of arms; its charts are in `train/charts`. Imports no other stage. */

import { useEffect, useState } from 'react';
import { useAppState } from '../store/use-app';
import '../styles/train.css';
import { RaceCharts } from './charts/race-charts';
import { RaceBar, StartButtons } from './race-bar';
import { SetUp } from './set-up';
import { StandingTable } from './standing-table';
import { useRace } from '../store/use-race';

/** Arms trained on the same batches in the same order, as a race. */
export function TrainStage() {
  const actions = useRace();
  const race = useAppState((state) => state.race.race);
  const failure = useAppState((state) => state.race.failure);
  const [selected, setSelected] = useState<string>();
  useEffect(() => void actions.recall(), [actions]);

  return (
    <section className="train" aria-labelledby="train-title">
      <h2 id="train-title">
        {race ? 'Arms race on the same batches' : 'Train the new blocks, arm against arm'}
      </h2>
      {race ? (
        <>
          <RaceBar />
          <RaceCharts race={race} selected={selected} onSelect={setSelected} />
          <StandingTable race={race} selected={selected} onSelect={setSelected} />
        </>
      ) : (
        <>
          <SetUp />
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
