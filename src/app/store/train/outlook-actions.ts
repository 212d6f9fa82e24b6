import { engineRecipe } from '../../methods/gaps';
import { isAbort, toFailure } from '../core/failure';
import { Latest } from '../core/latest';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { modelKey } from '../derived/evaluation';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { Outlook, WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { fieldOnShow } from './field';
import type { Planned } from './outlook';
import { stepsInTime, stepsOfArms } from './outlook';
import type { createTexts } from './texts';

/** The parts of the state it reads and changes. */
type Needs = WithBackend & WithModel & WithRecipe & WithView & WithRace;

/** Names what an outlook is of: the arms, the texts, the model and the backend, but not how long is trained. */
export function outlookKey(state: Needs): string {
  const { recipe, race, backend } = state;
  const { chosen } = fieldOnShow(state);
  const { steps, tuningSteps, ...training } = recipe.current.training;
  const texts = Object.entries(race.texts).map(([use, text]) => [use, text.name, text.content.length]);
  const arms = chosen.map((arm) => ({ ...arm.recipe, training: 0 }));
  const stages = [state.view.minutes !== null || steps > 0, tuningSteps > 0];
  return JSON.stringify([modelKey(state), backend.summary?.description, arms, training, stages, texts]);
}

/** What the race on show would be like, once that is known. */
export function plannedOf(state: Needs): Planned | undefined {
  const { race, view, recipe } = state;
  const { outlook } = race;
  if (outlook?.key !== outlookKey(state) || !outlook.plan || !outlook.speed) return undefined;
  const { chosen, reference } = fieldOnShow(state);
  return {
    plan: outlook.plan,
    speed: outlook.speed,
    seeds: view.seeds,
    budget: view.budget,
    tuningSteps: recipe.current.training.tuningSteps,
    reference: Math.max(
      0,
      chosen.findIndex(({ id }) => id === reference),
    ),
  };
}

/** Steps on text of every arm of the race on show: as many as fit into the time, or those of the recipe. */
export function stepsOnShow(state: Needs): number[] | undefined {
  const planned = plannedOf(state);
  if (!planned) return undefined;
  const { minutes } = state.view;
  const steps = minutes === null ? state.recipe.current.training.steps : stepsInTime(minutes, planned);
  return stepsOfArms(steps, planned);
}

/** Plans the race on show and measures how fast this device is. */
export function createOutlook({ engine, store }: Context<Needs>, texts: ReturnType<typeof createTexts>) {
  const latest = new Latest();
  let measured: { readonly key: string; readonly speed: Outlook['speed'] } | undefined;

  async function speedOf(state: Needs, signal: AbortSignal): Promise<Outlook['speed']> {
    const { batch, context } = state.recipe.current.training;
    const key = JSON.stringify([modelKey(state), state.backend.summary?.description, batch, context]);
    if (measured?.key !== key)
      measured = { key, speed: await engine.run('trainingSpeed', { batch, context }, { signal }) };
    return measured.speed;
  }

  return {
    /** Unless what `key` names is known already. A newer wish overtakes an older one. */
    async look(key: string): Promise<void> {
      const state = store.getState();
      const { chosen } = fieldOnShow(state);
      const layers = state.model.info?.layers;
      if (state.race.outlook?.key === key || chosen.length === 0 || layers === undefined) return;
      await latest.run(async (signal) => {
        const put = (outlook: Omit<Outlook, 'key'>, looking: boolean): void => {
          if (!signal.aborted) patch(store, 'race', { outlook: { key, ...outlook }, looking });
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
          const learnt = await texts(state.race.texts, wanted, signal);
          const plan = await engine.run('planTraining', { recipes, texts: learnt }, { signal });
          put({ plan }, true);
          put({ plan, speed: await speedOf(state, signal) }, false);
        } catch (error) {
          if (isAbort(error)) put({}, false);
          else put({ failure: toFailure(error) }, false);
        }
      });
    },

    cancelLook(): void {
      latest.cancel();
      patch(store, 'race', { outlook: undefined, looking: false });
    },
  };
}
