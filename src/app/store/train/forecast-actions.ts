import { engineRecipe } from '../../methods/gaps';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { modelKey } from '../derived/evaluation';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { RaceForecast, WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { shownRaceSetup } from './race-setup';
import type { RacePlan } from './forecast';
import { stepsInTime, armSteps } from './forecast';
import type { createTexts } from './texts';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithRace;

/** Key of a forecast: arms, texts, model and backend, but not the training time. */
export function forecastKey(state: Needs): string {
  const { recipe, race, backend } = state;
  const { chosen } = shownRaceSetup(state);
  const { steps, tuningSteps, ...training } = recipe.current.training;
  const texts = Object.entries(race.texts).map(([use, text]) => [use, text.name, text.content.length]);
  const arms = chosen.map((arm) => ({ ...arm.recipe, training: 0 }));
  const stages = [state.view.minutes !== null || steps > 0, tuningSteps > 0];
  const { firstPage } = state.view;
  return JSON.stringify([
    modelKey(state),
    backend.summary?.description,
    arms,
    training,
    stages,
    texts,
    firstPage,
  ]);
}

/** The plan of the race on show; undefined until its forecast is complete. */
export function shownRacePlan(state: Needs): RacePlan | undefined {
  const { race, view, recipe } = state;
  const { forecast } = race;
  if (forecast?.key !== forecastKey(state) || !forecast.plan || !forecast.speed) return undefined;
  const { chosen, reference } = shownRaceSetup(state);
  return {
    plan: forecast.plan,
    speed: forecast.speed,
    seeds: view.seeds,
    budget: view.budget,
    measurements: view.measurements,
    tuningSteps: recipe.current.training.tuningSteps,
    reference: Math.max(
      0,
      chosen.findIndex(({ id }) => id === reference),
    ),
  };
}

/** Steps on text of each arm on show: as many as fit into the time, or those of the recipe. */
export function shownSteps(state: Needs): number[] | undefined {
  const racePlan = shownRacePlan(state);
  if (!racePlan) return undefined;
  const { minutes } = state.view;
  const steps = minutes === null ? state.recipe.current.training.steps : stepsInTime(minutes, racePlan);
  return armSteps(steps, racePlan);
}

/** Actions that plan the race on show and measure the speed of this device. */
export function createForecast({ engine, store }: Context<Needs>, texts: ReturnType<typeof createTexts>) {
  const latest = new LatestTask();
  let measured: { readonly key: string; readonly speed: RaceForecast['speed'] } | undefined;

  async function speedOf(state: Needs, signal: AbortSignal): Promise<RaceForecast['speed']> {
    const { batch, context } = state.recipe.current.training;
    const key = JSON.stringify([modelKey(state), state.backend.summary?.description, batch, context]);
    if (measured?.key !== key)
      measured = { key, speed: await engine.run('trainingSpeed', { batch, context }, { signal }) };
    return measured.speed;
  }

  return {
    /** Computes the forecast, unless the one of `key` is known. A newer request cancels the running one. */
    async updateForecast(key: string): Promise<void> {
      const state = store.getState();
      const { chosen } = shownRaceSetup(state);
      const layers = state.model.info?.layers;
      if (state.race.forecast?.key === key || chosen.length === 0 || layers === undefined) return;
      await latest.run(async (signal) => {
        const put = (forecast: Omit<RaceForecast, 'key'>, forecasting: boolean): void => {
          if (!signal.aborted) patch(store, 'race', { forecast: { key, ...forecast }, forecasting });
        };
        put({}, true);
        try {
          const { training } = state.recipe.current;
          const steps = state.view.minutes === null ? training.steps : 1;
          const wanted = { ...training, steps };
          const recipes = chosen.map(({ recipe }) => ({
            ...engineRecipe(recipe, layers),
            training: wanted,
          }));
          const trainingTexts = await texts(
            state.race.texts,
            { ...wanted, short: state.view.firstPage },
            signal,
          );
          const plan = await engine.run('planTraining', { recipes, texts: trainingTexts }, { signal });
          put({ plan }, true);
          put({ plan, speed: await speedOf(state, signal) }, false);
        } catch (error) {
          if (isAbort(error)) put({}, false);
          else put({ failure: toFailure(error) }, false);
        }
      });
    },

    /** Cancels a forecast that is not complete. */
    cancelForecast(): void {
      if (!store.getState().race.forecasting) return;
      latest.cancel();
      patch(store, 'race', { forecast: undefined, forecasting: false });
    },
  };
}
