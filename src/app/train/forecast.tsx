import { useEffect } from 'react';
import type { TextReport } from '../../engine/jobs';
import { Busy, useLasting } from '../controls/busy';
import { fieldProblem } from '../store/train/field';
import { durationWords, evaluationsOf, heldBytes, precisionWords, raceMs } from '../store/train/outlook';
import { outlookKey, plannedOf, stepsOnShow } from '../store/train/outlook-actions';
import { useApp, useAppState } from '../store/use-app';
import { useRace } from '../store/use-race';
import { bytes, count } from '../words/numbers';
import { useField } from './use-field';

const FORECAST_DELAY_MS = 300;

/** Forecasts the race again when its setup changes. */
function useForecast(): void {
  const race = useRace();
  const key = useAppState((state) => outlookKey(state));
  const ready = useAppState((state) => state.backend.status === 'ready' && state.model.info !== undefined);
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(() => void race.look(key), FORECAST_DELAY_MS);
    return () => clearTimeout(timer);
  }, [race, key, ready]);
}

/** Time and memory that the race will take, the difference it can detect, and problems in its setup. */
export function Forecast() {
  useForecast();
  const race = useRace();
  const { store } = useApp();
  const field = useField();
  const looking = useAppState((state) => state.race.looking);
  const lasting = useLasting(looking);
  const outlook = useAppState((state) => state.race.outlook);
  const view = useAppState((state) => state.view);
  const training = useAppState((state) => state.recipe.current.training);
  const problem = fieldProblem(field);
  if (problem !== undefined)
    return (
      <p className="problem" role="alert">
        {problem}
      </p>
    );
  if (outlook?.failure)
    return (
      <p className="problem-box" role="alert">
        {outlook.failure.message}
      </p>
    );
  const state = store.getState();
  const planned = plannedOf(state);
  const steps = stepsOnShow(state);
  if (!planned || !steps)
    return lasting ? (
      <Busy
        label={outlook?.plan ? 'Measuring how fast this device trains…' : 'Reading the texts…'}
        onCancel={race.cancelLook}
      />
    ) : (
      <p className="hint">
        {looking ? 'Planning…' : 'Not planned yet.'}{' '}
        {!looking && (
          <button type="button" className="link-button" onClick={() => void race.look(outlookKey(state))}>
            Plan it
          </button>
        )}
      </p>
    );
  const evaluations = evaluationsOf(view.minutes, planned);
  const arms = planned.plan.arms.flatMap((arm) => ('memory' in arm ? [arm] : []));
  const { batch, accumulation, context, tuningSteps } = training;
  const perStep = batch * accumulation * context;
  const most = Math.max(...steps);
  const least = Math.min(...steps);
  const { forward, backward, optimizer } = planned.speed.stepMs;
  const kept = arms.filter(({ memory }) => memory.keepActivations).length;
  return (
    <div className="race-forecast">
      <p>
        <strong>
          {field.chosen.length} {field.chosen.length === 1 ? 'arm' : 'arms'} × {view.seeds}{' '}
          {view.seeds === 1 ? 'seed' : 'seeds'} ×{' '}
          {least === most ? count(most) : `${count(least)}–${count(most)}`} {most === 1 ? 'step' : 'steps'} of{' '}
          {count(perStep)} tokens
        </strong>
        {tuningSteps > 0 && ` and ${count(tuningSteps)} on instructions`}: about{' '}
        {durationWords(raceMs(steps, evaluations, planned))} here, where a step takes{' '}
        {Math.round(forward + backward + optimizer)} ms, beside the making of the blocks; every arm is
        measured {evaluations} times. {precisionWords(least, view.seeds, perStep * least)}
      </p>
      <p className="hint">
        {bytes(heldBytes(arms))} on the device while the arms train in turn;{' '}
        {kept === arms.length
          ? 'activations are kept'
          : kept === 0
            ? 'activations are computed again on the way back'
            : `activations of ${kept} arms are kept, of the others computed again`}
        . {planned.plan.texts.map(textWords).join(' ')}
      </p>
      {planned.plan.arms.map((arm, i) =>
        'problem' in arm ? (
          <p key={field.chosen[i]?.id} className="problem" role="alert">
            {field.chosen[i]?.title}: {arm.problem} Or leave this arm out.
          </p>
        ) : null,
      )}
    </div>
  );
}

/** Minimum mean characters per token if the vocabulary fits the text. */
const MIN_CHARACTERS_PER_TOKEN = 1.5;

function textWords({
  name,
  tokens,
  examples,
  unknown,
  charactersPerToken,
  cut = 0,
  dropped = 0,
}: TextReport): string {
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
