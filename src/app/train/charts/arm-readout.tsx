import { armStyle } from '../../drawing/arm-colours';
import type { Run } from '../../store/state/race';
import type { ArmCurves, RaceMeasure, RaceUnit } from './curves';
import { nearestPoint, RACE_MEASURES } from './curves';
import { SHORT_TITLES } from './plot';
import { axisWords, lossWords } from './point-words';

/** Line sample of an arm for a legend. */
export function ArmSwatch({ index }: { readonly index: number }) {
  const { colour, dash } = armStyle(index);
  return (
    <svg className="race-swatch" width="26" height="8" aria-hidden="true" style={{ color: colour }}>
      <line x2="26" y1="4" y2="4" strokeDasharray={dash.join(' ')} />
    </svg>
  );
}

/** Progress of an arm, and why it stopped. */
function stateWords(runs: readonly Run[]): string {
  const stopped = runs.filter(({ status }) => status === 'diverged' || status === 'failed');
  if (stopped.length > 0) {
    const seeds = stopped.map(({ seed, status, losses }) => `seed ${seed} ${status} at ${losses.length}`);
    return seeds.join(', ');
  }
  const now = runs.find(({ status }) => status === 'running' || status === 'paused');
  if (now) return `seed ${now.seed}: ${now.losses.length} of ${now.steps}`;
  const done = runs.filter(({ status }) => status === 'done').length;
  return done === runs.length ? 'done' : done === 0 ? 'waiting' : `${done} of ${runs.length} seeds`;
}

interface ArmReadoutProps {
  readonly curves: readonly ArmCurves[];
  readonly runs: readonly Run[];
  readonly reference: string;
  readonly unit: RaceUnit;
  /** Position of the crosshair; undefined shows the latest values. */
  readonly at: number | undefined;
  /** Unpins the crosshair; undefined if it is not pinned. */
  readonly onRelease: (() => void) | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (arm: string | undefined) => void;
  readonly onHover: (arm: string | undefined) => void;
}

/** Legend of all arms, with their values at the crosshair. */
export function ArmReadout(props: ArmReadoutProps) {
  const { curves, runs, reference, unit, at, onRelease, selected, onSelect, onHover } = props;
  const point = (arm: ArmCurves, measure: RaceMeasure) => {
    const points = arm.points[measure];
    return at === undefined ? points.findLast(({ value }) => value !== null) : nearestPoint(points, at);
  };
  return (
    <div className="race-scroll">
      <table className="race-table race-readout">
        <caption>
          {at === undefined ? 'Latest values' : `At ${axisWords(at, unit)}`}; nats per token
          {onRelease && (
            <button type="button" className="link-button" onClick={onRelease}>
              show the latest
            </button>
          )}
        </caption>
        <thead>
          <tr>
            <th scope="col">arm</th>
            {RACE_MEASURES.map((measure) => (
              <th key={measure} scope="col">
                {SHORT_TITLES[measure]}
              </th>
            ))}
            <th scope="col">seeds</th>
            <th scope="col">steps</th>
          </tr>
        </thead>
        <tbody>
          {curves.map((arm) => (
            <tr
              key={arm.arm}
              data-selected={arm.arm === selected}
              onPointerEnter={() => onHover(arm.arm)}
              onPointerLeave={() => onHover(undefined)}
            >
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={arm.arm === selected}
                  onClick={() => onSelect(arm.arm === selected ? undefined : arm.arm)}
                  onFocus={() => onHover(arm.arm)}
                  onBlur={() => onHover(undefined)}
                >
                  <ArmSwatch index={arm.index} />
                  <span>
                    {arm.title}
                    {arm.arm === reference && <small> reference</small>}
                  </span>
                </button>
              </th>
              {RACE_MEASURES.map((measure) => (
                <td key={measure}>{lossWords(point(arm, measure))}</td>
              ))}
              <td>{point(arm, 'loss')?.seeds ?? 0}</td>
              <td className="race-words">{stateWords(runs.filter((run) => run.arm === arm.arm))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
