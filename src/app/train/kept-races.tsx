import { useState } from 'react';
import { ActionButton } from '../controls/action-button';
import type { KeptRace } from '../store/state/race';
import { useAppState } from '../store/use-app';
import { useRace } from '../store/use-race';
import { count } from '../words/numbers';

/** One kept race: what it is, how far it came, and what can be done with it. */
function Row({ race: { id, about, problem, elsewhere } }: { readonly race: KeptRace }) {
  const actions = useRace();
  const [confirm, setConfirm] = useState(false);
  const busy = useAppState(({ race: { status } }) => status === 'running' || status === 'pausing');
  const begun = about && new Date(about.at);
  return (
    <li className="row spread wrap">
      <span>
        {about ? (
          <>
            <strong>{about.title}</strong> on {about.text}, {about.model}
            {begun && !Number.isNaN(begun.getTime()) && `, begun ${begun.toLocaleString()}`}:{' '}
            {count(about.done)} of {count(about.steps)} steps.
          </>
        ) : (
          <>A race that cannot be read. {problem}</>
        )}
        {elsewhere && ' It is open in another tab.'}
      </span>
      {!elsewhere && (
        <span className="row">
          {about && (
            <ActionButton
              className="button"
              unavailable={busy ? 'Pause the race first' : undefined}
              onClick={() => void actions.open(id)}
            >
              Open
            </ActionButton>
          )}
          <button
            type="button"
            className="button"
            onBlur={() => setConfirm(false)}
            onClick={() => (confirm ? void actions.discardOther(id) : setConfirm(true))}
          >
            {confirm ? 'Really discard it' : 'Discard…'}
          </button>
        </span>
      )}
    </li>
  );
}

/** The races that this browser keeps beside the one on show, also those of other tabs. */
export function KeptRaces() {
  const others = useAppState((state) => state.race.others);
  if (others.length === 0) return null;
  return (
    <section className="kept-races" aria-label="Other races in this browser">
      <p>
        {others.length === 1 ? 'Another race is kept' : `${others.length} other races are kept`} in this
        browser:
      </p>
      <ul>
        {others.map((race) => (
          <Row key={race.id} race={race} />
        ))}
      </ul>
    </section>
  );
}
