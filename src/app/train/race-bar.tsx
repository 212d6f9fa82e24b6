import { useState } from 'react';
import { ActionButton } from '../controls/action-button';
import { isOfOpenModel } from '../store/train/define';
import { raceSetupProblem } from '../store/train/race-setup';
import { isFinished } from '../store/train/groups';
import { durationText } from '../store/train/forecast';
import { unkeptSteps, unkeptText } from '../store/derived/unkept-steps';
import { shownRacePlan } from '../store/train/forecast-actions';
import { useApp, useAppState } from '../store/use-app';
import { useRace } from '../store/use-race';
import { count } from '../words/numbers';
import { useRaceSetup } from './use-race-setup';

export function StartButtons() {
  const actions = useRace();
  const setup = useRaceSetup();
  const ready = useAppState((state) => {
    const racePlan = shownRacePlan(state);
    return racePlan !== undefined && racePlan.plan.arms.every((arm) => 'memory' in arm);
  });
  const reason =
    raceSetupProblem(setup) ??
    (ready ? undefined : 'The race is not planned yet; a problem of an arm or a text is said beside it');
  return (
    <div className="row" data-control="race-start">
      <ActionButton className="button primary" unavailable={reason} onClick={() => void actions.start()}>
        Start the race
      </ActionButton>
      <ActionButton
        className="button"
        unavailable={reason}
        title="Every arm does one step"
        onClick={() => void actions.start(true)}
      >
        One step
      </ActionButton>
    </div>
  );
}

/** How far a running race is, how long the rest takes, and what leaving would lose. */
function TimeLeft({ done, all }: { done: number; all: number }) {
  const remaining = useAppState((state) => state.race.remainingMs);
  const measured = useAppState((state) => state.race.race?.evaluations ?? 0);
  // Compared as text, so that it renders only when the words change.
  const unkept = useAppState((state) => {
    const steps = unkeptSteps(state.race);
    return steps && unkeptText(steps);
  });
  return (
    <p className="hint race-left">
      <span title="From the steps and measurements timed on this visit, with all that the device does besides">
        {remaining === undefined ? 'Time left: not timed yet' : `About ${durationText(remaining)} left`}
      </span>
      , measuring included: {count(done)} of {count(all)} steps, every arm measured {measured} times.{' '}
      {unkept && `${unkept} Pause stores them.`}
    </p>
  );
}

/** Progress of the race, and buttons to pause, resume, stop and discard it. */
export function RaceBar() {
  const actions = useRace();
  const { store } = useApp();
  const [confirm, setConfirm] = useState(false);
  const status = useAppState((state) => state.race.status);
  const race = useAppState((state) => state.race.race);
  const beside = useAppState((state) => state.race.beside);
  const failure = useAppState((state) => state.race.failure);
  const lost = useAppState((state) => state.race.lost);
  const info = useAppState((state) => state.model.info);
  const kind = useAppState((state) => state.backend.summary?.kind);
  if (!race) return null;
  const all = race.runs.reduce((sum, { steps }) => sum + steps, 0);
  const done = race.runs.reduce((sum, run) => sum + (isFinished(run) ? run.steps : run.losses.length), 0);
  const isOpen = info !== undefined && isOfOpenModel(race, store.getState());
  const current = race.runs.find((run) => run.status === 'running');
  const works = [...(current ? [`training ${current.name}`] : []), ...(beside === undefined ? [] : [beside])];
  const words = {
    idle: '',
    running: works.join('; ') || 'training',
    pausing: 'keeping what there is…',
    paused: 'paused',
    done: done < all ? 'stopped' : 'finished',
  }[status];
  return (
    <div className="race-status">
      <div className="row spread wrap">
        <p>
          <strong>{race.title}</strong> on {race.text}, {race.model}, {race.device}.{' '}
          <span role="status">{words}</span>
        </p>
        <div className="row wrap">
          {status === 'running' && (
            <button type="button" className="button primary" onClick={() => void actions.pause()}>
              Pause
            </button>
          )}
          {status === 'paused' && (
            <>
              <ActionButton
                className="button primary"
                unavailable={isOpen ? undefined : 'Open the model of this race first'}
                onClick={() => void actions.resume()}
              >
                Resume
              </ActionButton>
              <ActionButton
                className="button"
                unavailable={isOpen ? undefined : 'Open the model of this race first'}
                title="Every arm does one step"
                onClick={() => void actions.resume(true)}
              >
                One step
              </ActionButton>
            </>
          )}
          {(status === 'running' || status === 'paused') && (
            <button
              type="button"
              className="button"
              title="Ends it here; the table is of what was reached"
              onClick={() => void actions.stop()}
            >
              Stop
            </button>
          )}
          {(status === 'done' || status === 'paused') && (
            <button
              type="button"
              className="button"
              data-control="race-new"
              onBlur={() => setConfirm(false)}
              onClick={() =>
                confirm ? void actions.discard().then(() => setConfirm(false)) : setConfirm(true)
              }
            >
              {confirm ? 'Really discard it' : 'New race…'}
            </button>
          )}
        </div>
      </div>
      <progress value={done} max={all} aria-label={`${done} of ${all} steps of all arms`} />
      {status === 'running' && <TimeLeft done={done} all={all} />}
      {lost !== undefined && <p className="problem">{lost}</p>}
      {!isOpen && (
        <p className="problem" role="alert">
          This race is of {race.model}, which is not the model that is open. Open it to go on.
        </p>
      )}
      {status === 'paused' && kind !== undefined && kind !== race.backend && (
        <p className="problem">
          It was begun on {race.device}; on another backend it goes on to numbers that differ in their last
          digits.
        </p>
      )}
      {failure && (
        <p className="problem-box" role="alert">
          {failure.message}
        </p>
      )}
    </div>
  );
}
