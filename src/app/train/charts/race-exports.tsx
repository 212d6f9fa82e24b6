import { Fragment, useState } from 'react';
import { ActionButton } from '../../controls/action-button';
import { canvasMeasure, saveFigure } from '../../figure/write';
import { download } from '../../files/download';
import type { Race } from '../../store/state/race';
import type { RaceUnit } from './curves';
import { raceFigure } from './figure';
import { raceCsv, raceJson } from './race-file';
import { raceLink } from './race-link';
import { raceWords } from './words';

const NAME = 'interlayer-race';

interface ExportsProps {
  readonly race: Race;
  readonly unit: RaceUnit;
}

/** Buttons to save a race: curves as a figure, numbers as CSV and JSON. */
export function RaceExports({ race, unit }: ExportsProps) {
  const [problem, setProblem] = useState('');
  const link = raceLink(race);
  const none = race.runs.every(({ losses, evaluations }) => losses.length + evaluations.length === 0);

  async function saveCurves(format: 'png' | 'svg'): Promise<void> {
    setProblem('');
    try {
      await saveFigure(raceFigure(race, unit, raceWords(race, unit, link), canvasMeasure()), format);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  const buttons = [
    { label: 'SVG', name: 'Curves as SVG', hint: 'curves', save: () => void saveCurves('svg') },
    { label: 'PNG', name: 'Curves as PNG', hint: undefined, save: () => void saveCurves('png') },
    {
      label: 'CSV',
      name: 'Numbers as CSV',
      hint: 'numbers',
      save: () => download(new Blob([raceCsv(race)], { type: 'text/csv' }), `${NAME}.csv`),
    },
    {
      label: 'JSON',
      name: 'Everything as JSON',
      hint: undefined,
      save: () => download(new Blob([raceJson(race)], { type: 'application/json' }), `${NAME}.json`),
    },
  ];
  return (
    <div className="race-exports">
      <div className="row wrap">
        {buttons.map(({ label, name, hint, save }) => (
          <Fragment key={label}>
            {hint && <span className="hint">{hint}</span>}
            <ActionButton
              className="button"
              title={name}
              aria-label={name}
              unavailable={none ? 'Nothing is measured yet' : undefined}
              onClick={save}
            >
              {label}
            </ActionButton>
          </Fragment>
        ))}
        <a
          href={`#${link}`}
          title="Opens the same question, budget and seeds; files of your own and arms put together by hand stay behind"
        >
          Link to this recipe
        </a>
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
