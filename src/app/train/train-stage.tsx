import { useState } from 'react';
import { useAppState } from '../store/app';
import { RaceCharts } from './charts/race-charts';

/** Arms trained on the same batches. */
export function TrainStage() {
  const race = useAppState((state) => state.race.race);
  const [selected, setSelected] = useState<string>();
  return (
    <section className="train" aria-label="Train">
      {race && <RaceCharts race={race} selected={selected} onSelect={setSelected} />}
    </section>
  );
}
