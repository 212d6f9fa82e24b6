import type { Spread } from '../../engine/summary';
import { Term } from '../glossary/term';
import { patch } from '../store/core/store';
import type { Race, Run } from '../store/state/race';
import { tryActionsOf } from '../store/try/columns';
import { useApp } from '../store/use-app';
import { count, fixed } from '../words/numbers';
import { raceResults } from './results';

const spreadWords = (spread: Spread | null | undefined, sign = false): string => {
  if (!spread) return '–';
  const mean = `${sign && spread.mean > 0 ? '+' : ''}${fixed(spread.mean, 4)}`;
  return spread.standardError === null ? mean : `${mean} ± ${fixed(spread.standardError, 4)}`;
};

const STATUS: Readonly<Record<Run['status'], string>> = {
  waiting: 'waiting',
  running: 'running',
  paused: 'paused',
  done: 'done',
  diverged: 'diverged',
  failed: 'failed',
};

/** Mean loss on responses at the start and end of the runs; undefined if it was not measured. */
function responseWords(runs: readonly Run[]): string | undefined {
  const known = runs.flatMap(({ evaluations }) => {
    const [first, last] = [evaluations[0]?.response, evaluations.at(-1)?.response];
    return typeof first === 'number' && typeof last === 'number' ? [[first, last] as const] : [];
  });
  if (known.length === 0) return undefined;
  const mean = (i: 0 | 1): string => fixed(known.reduce((sum, pair) => sum + pair[i], 0) / known.length, 4);
  return `${mean(0)} → ${mean(1)}`;
}

interface TableProps {
  readonly race: Race;
  readonly selected: string | undefined;
  readonly onSelect: (arm: string | undefined) => void;
}

/** Table of all arms with their results, best first, and the conclusion they allow. */
export function ResultsTable({ race, selected, onSelect }: TableProps) {
  const { store, view, context } = useApp();
  const results = raceResults(race);
  const order = results?.arms.map(({ arm }) => arm) ?? [];
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  const arms = race.arms.toSorted((a, b) => place(a.id) - place(b.id));
  const responses = race.runs.some(({ evaluations }) => typeof evaluations[0]?.response === 'number');

  return (
    <section className="race-standing" data-control="race-results" aria-labelledby="standing-title">
      <h3 id="standing-title">
        {results === undefined
          ? 'Where the arms stand'
          : results.step === undefined
            ? `Where the arms stand, ${results.seeds} of ${race.seeds.length} seeds`
            : `Where the arms stand after step ${results.step}, ${results.seeds} of ${race.seeds.length} seeds`}
      </h3>
      {/* Users must be able to focus and scroll it with the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of the race">
        <table className="race-standing-table">
          <thead>
            <tr>
              <th scope="col">
                <Term id="arm">Arm</Term>
              </th>
              <th scope="col">
                <Term id="held-out-loss">Held-out loss</Term>
              </th>
              <th scope="col">
                Minus <Term id="reference">reference</Term>
              </th>
              <th
                scope="col"
                title="The difference in its own standard errors; ★ is told from chance at 95 %"
              >
                In <Term id="standard-error">std errors</Term>
              </th>
              <th scope="col">
                <Term id="retention">Old domain</Term>
              </th>
              {responses && (
                <th scope="col">
                  <Term id="loss-mask">Responses</Term>
                </th>
              )}
              <th scope="col">Learning</th>
              <th scope="col">Steps</th>
              <th scope="col">
                <span className="visually-hidden">What to do with it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {arms.map(({ id, title, recipe }) => {
              const own = race.runs.filter(({ arm }) => arm === id);
              const summary = results?.arms.find(({ arm }) => arm === id);
              const first = own[0];
              const problem = own.find((run) => run.problem !== undefined);
              const errors = summary?.difference?.inStandardErrors;
              return (
                <tr key={id} data-arm={id} data-selected={id === selected} data-status={first?.status}>
                  <th scope="row">
                    <button
                      type="button"
                      className="race-arm-name"
                      aria-pressed={id === selected}
                      onClick={() => onSelect(id === selected ? undefined : id)}
                    >
                      {title}
                    </button>
                    <small>{id === race.reference ? `${recipe.method}, reference` : recipe.method}</small>
                    {problem && (
                      <small className="problem">
                        seed {problem.seed}: {problem.problem}
                      </small>
                    )}
                  </th>
                  <td data-column="heldout">{spreadWords(summary?.heldout)}</td>
                  <td>{id === race.reference ? '' : spreadWords(summary?.difference, true)}</td>
                  <td>
                    {typeof errors === 'number' ? fixed(errors, 1) : '–'}
                    {summary?.told && <span title="told from chance at 95 %"> ★</span>}
                  </td>
                  <td data-column="retention">{spreadWords(summary?.retention)}</td>
                  {responses && <td data-column="response">{responseWords(own) ?? '–'}</td>}
                  <td>{first?.facts ? count(first.facts.trainable) : '–'}</td>
                  <td>
                    {own.reduce((sum, run) => sum + run.losses.length, 0)} /{' '}
                    {own.reduce((sum, run) => sum + run.steps, 0)}
                    <small>{[...new Set(own.map(({ status }) => STATUS[status]))].join(', ')}</small>
                  </td>
                  <td className="race-deeds">
                    {first && first.losses.length > 0 && first.status !== 'running' && (
                      <>
                        <button
                          type="button"
                          className="link-button"
                          aria-label={`Export ${title}`}
                          onClick={() => {
                            patch(store, 'exporting', { arm: first.name });
                            store.setState({ dialog: 'export' });
                          }}
                        >
                          Export…
                        </button>{' '}
                        <button
                          type="button"
                          className="link-button"
                          aria-label={`Try ${title}`}
                          onClick={() => {
                            tryActionsOf(context).show(`run:${first.name}`);
                            view.show({ tab: 'try' });
                          }}
                        >
                          Try
                        </button>
                      </>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="prose note">
        {results?.words ?? 'The table fills once every arm of a seed has been measured beyond its start.'}
      </p>
    </section>
  );
}
