import { memo } from 'react';
import type { StepTimes as Times } from '../../../engine/jobs';
import type { Race } from '../../store/state/race';
import { fixed, quantity } from '../../words/numbers';
import { TableScroll } from './table-scroll';
import { armTimes } from './times';

const PARTS: readonly { part: keyof Times; label: string }[] = [
  { part: 'forward', label: 'forward' },
  { part: 'backward', label: 'backward' },
  { part: 'optimizer', label: 'optimiser' },
];

/** Milliseconds with three digits. */
const ms = (value: number | undefined) => (value === undefined ? '–' : quantity(value, 3));

/** Measured time of a step by part, beside the prediction of the cost model. */
export const StepTimes = memo(function StepTimes({ race }: { readonly race: Race }) {
  const arms = armTimes(race);
  const most = Math.max(
    1e-9,
    ...arms.flatMap(({ measured, predicted }) => [measured?.all ?? 0, predicted ?? 0]),
  );
  const share = (value: number) => `${fixed((100 * value) / most, 2).replace('−', '-')}%`;
  const reference = race.arms.find(({ id }) => id === race.reference)?.title ?? race.reference;
  const timed = arms.some(({ measured }) => measured !== undefined);
  return (
    <section className="race-part" aria-labelledby="race-times">
      <div className="race-head">
        <h2 id="race-times">Time of a step</h2>
      </div>
      {timed ? (
        <>
          <p className="hint">
            Milliseconds, means over seeds, on {race.device}. The mark is where the cost model expects an arm:
            the time of “{reference}”, as many times over as its step has more passes through a block.
          </p>
          <TableScroll name="Times of a step, table">
            <table className="race-table race-times">
              <caption className="visually-hidden">Milliseconds of a step by arm</caption>
              <thead>
                <tr>
                  <th scope="col">arm</th>
                  <th scope="col" className="race-wide">
                    a step
                  </th>
                  {PARTS.map(({ part, label }) => (
                    <th key={part} scope="col">
                      <i className="race-key" data-part={part} />
                      {label}
                    </th>
                  ))}
                  <th scope="col">all</th>
                  <th scope="col">
                    <i className="race-key" data-part="expected" />
                    expected
                  </th>
                </tr>
              </thead>
              <tbody>
                {arms.map(({ arm, title, measured, predicted }) => (
                  <tr key={arm}>
                    <th scope="row">{title}</th>
                    <td className="race-wide">
                      <div className="race-bar" aria-hidden="true">
                        {measured &&
                          PARTS.map(({ part }) => (
                            <i key={part} data-part={part} style={{ width: share(measured[part]) }} />
                          ))}
                        {predicted !== undefined && <b style={{ left: share(predicted) }} />}
                      </div>
                    </td>
                    {PARTS.map(({ part }) => (
                      <td key={part}>{ms(measured?.[part])}</td>
                    ))}
                    <td>{ms(measured?.all)}</td>
                    <td>{ms(predicted)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        </>
      ) : (
        <p className="race-empty">Nothing is timed yet.</p>
      )}
    </section>
  );
}, sameTimes);

/** True if no time changed. Most steps change losses only. */
function sameTimes({ race }: { readonly race: Race }, next: { readonly race: Race }): boolean {
  const { arms, runs, reference } = next.race;
  return (
    race.arms === arms &&
    race.reference === reference &&
    race.runs.length === runs.length &&
    race.runs.every((run, i) => run.facts === runs[i]?.facts)
  );
}
