/* Room `train/charts`: curves, tables, samples and files of a race. Imports nothing of `train`. */

import { useState } from 'react';
import type { Race } from '../../store/state/race';
import type { RaceUnit } from './curves';
import { RaceExports } from './race-exports';
import { LossCharts } from './loss-charts';
import { Samples } from './samples';
import { StepTimes } from './step-times';
import { TensorPanel } from './tensor-panel';
import '../../styles/train-charts.css';
import '../../styles/train-tables.css';
import '../../styles/train-samples.css';

interface RaceChartsProps {
  readonly race: Race;
  /** `RaceArm.id` of the highlighted arm. If undefined, panels of a single arm show the reference. */
  readonly selected: string | undefined;
  readonly onSelect: (arm: string | undefined) => void;
}

/** All charts of a race, while it runs and after. */
export function RaceCharts({ race, selected, onSelect }: RaceChartsProps) {
  const [unit, setUnit] = useState<RaceUnit>('tokens');
  return (
    <div className="race" data-control="race-charts">
      <LossCharts race={race} unit={unit} onUnit={setUnit} selected={selected} onSelect={onSelect} />
      <RaceExports race={race} unit={unit} />
      <div className="race-halves">
        <TensorPanel race={race} selected={selected} />
        <StepTimes race={race} />
      </div>
      <Samples race={race} selected={selected} />
    </div>
  );
}
