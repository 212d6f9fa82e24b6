import { useCallback, useMemo, useState } from 'react';
import { Segments } from '../../controls/segments';
import type { Race } from '../../store/state/race';
import { ArmReadout } from './arm-readout';
import type { RaceUnit } from './curves';
import { RACE_MEASURES, raceCurves, SMOOTHING } from './curves';
import { LossChart } from './loss-chart';
import type { Fit } from './plot';

const UNITS = [
  { value: 'tokens', label: 'tokens', title: 'How many tokens an arm has seen' },
  {
    value: 'compute',
    label: 'compute',
    title: 'Passes through one block × tokens: forward, backward and weight gradients',
  },
] as const;

const FITS = [
  { value: 'all', label: 'all', title: 'The axis up holds every value' },
  { value: 'late', label: 'later half', title: 'Fitted to where the curves end up' },
] as const;

const NO_CROSSHAIR = { at: undefined, pinned: false } as const;

interface LossChartsProps {
  readonly race: Race;
  readonly unit: RaceUnit;
  readonly onUnit: (unit: RaceUnit) => void;
  readonly selected: string | undefined;
  readonly onSelect: (arm: string | undefined) => void;
}

/** Charts of training loss, held-out loss and retention, side by side, with the same x axis and crosshair. */
export function LossCharts({ race, unit, onUnit, selected, onSelect }: LossChartsProps) {
  const [cross, setCross] = useState<{ at: number | undefined; pinned: boolean }>(NO_CROSSHAIR);
  const [hovered, setHovered] = useState<string>();
  const [fit, setFit] = useState<Fit>('all');
  const curves = useMemo(() => raceCurves(race, unit), [race, unit]);
  const { at, pinned } = cross;
  const move = useCallback(
    (place: number | undefined, kept: boolean) => setCross({ at: place, pinned: kept }),
    [],
  );
  const highlighted = hovered ?? selected;
  const keyArm = curves.find(({ arm }) => arm === (selected ?? race.reference)) ?? curves[0];
  return (
    <section className="race-part" aria-labelledby="race-losses">
      <div className="race-head">
        <h2 id="race-losses">Losses</h2>
        <div className="row wrap">
          <span className="hint">over</span>
          <Segments
            name="Axis across"
            options={UNITS}
            value={unit}
            onChoose={(next) => {
              setCross(NO_CROSSHAIR);
              onUnit(next);
            }}
          />
          <span className="hint">fit to</span>
          <Segments name="Axis up" options={FITS} value={fit} onChoose={setFit} />
        </div>
      </div>
      <div className="race-charts">
        {RACE_MEASURES.map((measure) => (
          <LossChart
            key={measure}
            measure={measure}
            curves={curves}
            unit={unit}
            fit={fit}
            highlighted={highlighted}
            keyArm={keyArm}
            at={at}
            onMove={move}
          />
        ))}
      </div>
      <p className="hint">
        {race.seeds.length > 1
          ? `Lines are means over the seeds that have come that far, bands their range (${race.seeds.length} seeds). `
          : ''}
        Training losses are means of {SMOOTHING} steps. Arrow keys move the crosshair of a focused chart.
      </p>
      <ArmReadout
        curves={curves}
        runs={race.runs}
        reference={race.reference}
        unit={unit}
        at={at}
        onRelease={pinned ? () => setCross(NO_CROSSHAIR) : undefined}
        selected={selected}
        onSelect={onSelect}
        onHover={setHovered}
      />
    </section>
  );
}
