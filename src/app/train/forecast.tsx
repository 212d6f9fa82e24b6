import { useEffect } from 'react';
import type { TextReport } from '../../engine/jobs';
import { Busy, useDelayedBusy } from '../controls/busy';
import { raceSetupProblem } from '../store/train/race-setup';
import { durationText, evaluationCount, groupBytes, precisionText, raceMs } from '../store/train/forecast';
import { forecastKey, shownRacePlan, shownSteps } from '../store/train/forecast-actions';
import { useApp, useAppState } from '../store/use-app';
import { useRace } from '../store/use-race';
import { bytes, count } from '../words/numbers';
import { useRaceSetup } from './use-race-setup';

const FORECAST_DELAY_MS = 300;

/** Forecasts the race again when its setup changes, for as long as it is on show: elsewhere other work would wait for it. */
function useForecast(): void {
  const race = useRace();
  const key = useAppState((state) => forecastKey(state));
  const ready = useAppState((state) => state.backend.status === 'ready' && state.model.info !== undefined);
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(() => void race.updateForecast(key), FORECAST_DELAY_MS);
    return () => clearTimeout(timer);
  }, [race, key, ready]);
  useEffect(() => race.cancelForecast, [race]);
}

/** Time and memory that the race will take, the difference it can detect, and problems in its setup. */
export function Forecast() {
  useForecast();
  const race = useRace();
  const { store } = useApp();
  const setup = useRaceSetup();
  const forecasting = useAppState((state) => state.race.forecasting);
  const showBusy = useDelayedBusy(forecasting);
  const forecast = useAppState((state) => state.race.forecast);
  const view = useAppState((state) => state.view);
  const training = useAppState((state) => state.recipe.current.training);
  const problem = raceSetupProblem(setup);
  if (problem !== undefined)
    return (
      <p className="problem" role="alert">
        {problem}
      </p>
    );
  if (forecast?.failure)
    return (
      <p className="problem-box" role="alert">
        {forecast.failure.message}
      </p>
    );
  const state = store.getState();
  const racePlan = shownRacePlan(state);
  const steps = shownSteps(state);
  if (!racePlan || !steps)
    return showBusy ? (
      <Busy
        label={forecast?.plan ? 'Measuring how fast this device trains…' : 'Reading the texts…'}
        onCancel={race.cancelForecast}
      />
    ) : (
      <p className="hint">
        {forecasting ? 'Planning…' : 'Not planned yet.'}{' '}
        {!forecasting && (
          <button
            type="button"
            className="link-button"
            onClick={() => void race.updateForecast(forecastKey(state))}
          >
            Plan it
          </button>
        )}
      </p>
    );
  const evaluations = evaluationCount(view.minutes, racePlan);
  const arms = racePlan.plan.arms.flatMap((arm) => ('memory' in arm ? [arm] : []));
  const { batch, accumulation, context, tuningSteps } = training;
  const perStep = batch * accumulation * context;
  const most = Math.max(...steps);
  const least = Math.min(...steps);
  const { forward, backward, optimizer } = racePlan.speed.stepMs;
  const kept = arms.filter(({ memory }) => memory.keepActivations).length;
  return (
    <div className="race-forecast">
      <p>
        <strong>
          {setup.chosen.length} {setup.chosen.length === 1 ? 'arm' : 'arms'} × {view.seeds}{' '}
          {view.seeds === 1 ? 'seed' : 'seeds'} ×{' '}
          {least === most ? count(most) : `${count(least)}–${count(most)}`} {most === 1 ? 'step' : 'steps'} of{' '}
          {count(perStep)} tokens
        </strong>
        {tuningSteps > 0 && ` and ${count(tuningSteps)} on instructions`}: about{' '}
        {durationText(raceMs(steps, evaluations, racePlan))} here, where a step takes{' '}
        {Math.round(forward + backward + optimizer)} ms, beside the making of the blocks; every arm is
        measured {evaluations} times. {precisionText(least, view.seeds, perStep * least)}
      </p>
      <p className="hint">
        {bytes(groupBytes(arms))} on the device while the arms train in turn;{' '}
        {kept === arms.length
          ? 'activations are kept'
          : kept === 0
            ? 'activations are computed again on the way back'
            : `activations of ${kept} arms are kept, of the others computed again`}
        . {racePlan.plan.texts.map(textWords).join(' ')}
      </p>
      {racePlan.plan.arms.map((arm, i) =>
        'problem' in arm ? (
          <p key={setup.chosen[i]?.id} className="problem" role="alert">
            {setup.chosen[i]?.title}: {arm.problem} Or leave this arm out.
          </p>
        ) : null,
      )}
    </div>
  );
}

/** Minimum mean characters per token if the vocabulary fits the text. */
const MIN_CHARACTERS_PER_TOKEN = 1.5;

function textWords(report: TextReport): string {
  const { name, tokens, examples, unknown, charactersPerToken, cut = 0, dropped = 0 } = report;
  const notes = [
    ...(unknown > 0 ? [`${count(unknown)} of its tokens are not in the vocabulary`] : []),
    ...(charactersPerToken < MIN_CHARACTERS_PER_TOKEN
      ? [`${charactersPerToken.toFixed(1)} characters a token: the vocabulary does not fit this text`]
      : []),
    ...(cut > 0 ? [`${cut} pairs cut at the context`] : []),
    ...(dropped > 0 ? [`${dropped} pairs left out, their prompt fills the context`] : []),
  ];
  return `${name}: ${count(tokens)} tokens, ${count(examples)} windows${notes.length > 0 ? ` (${notes.join('; ')})` : ''}.`;
}
