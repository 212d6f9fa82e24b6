import type { ModelRequest } from '../../../engine/jobs';
import { methodInfo } from '../../methods/methods';
import { deeperDepth, engineRecipe } from '../../methods/gaps';
import { count } from '../../words/numbers';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { Run, WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import { isOfOpenModel } from '../train/define';
import { trainedRuns } from '../train/trained-runs';

/** A model that can be chosen for a column. */
export interface ModelChoice {
  /** `TryColumn.model`. */
  readonly id: string;
  readonly title: string;
  /** Second line of the description. */
  readonly detail: string;
  /** How the engine is asked for this model. */
  readonly request: ModelRequest;
  /** Key of the model, its settings and the backend; results with another key are not shown. */
  readonly of: string;
  /** Training steps of the model. */
  readonly steps: number;
  readonly run?: Run;
}

type Needs = WithModel & WithBackend & WithRecipe & WithRace;

/** All models to choose from: the base, the current recipe and trained runs. Empty if no model is open. */
export function modelChoices({ model, backend, recipe, race }: Needs): ModelChoice[] {
  if (model.info === undefined) return [];
  const { layers } = model.info;
  const place = [model.id, backend.summary?.kind, backend.summary?.description];
  const of = (...what: unknown[]) => JSON.stringify([...place, ...what]);
  const shown = engineRecipe(recipe.current, layers);
  const { training: _, ...deciding } = shown;
  // Runs of another model cannot be loaded.
  const here = race.race !== undefined && isOfOpenModel(race.race, { model, recipe });
  const trained = (here ? trainedRuns(race.race) : []).flatMap((run): ModelChoice[] => {
    const arm = race.race?.arms.find(({ id }) => id === run.arm);
    if (arm === undefined) return [];
    const steps = run.losses.length;
    const detail = `${count(steps)} of ${count(run.steps)} steps`;
    return [
      {
        id: `run:${run.name}`,
        title: `${arm.title}, seed ${run.seed}`,
        detail,
        request: { recipe: engineRecipe(arm.recipe, layers), arm: run.name },
        of: of('run', race.race?.id, run.name),
        steps,
        run,
      },
    ];
  });
  return [
    {
      id: 'base',
      title: 'Base model',
      detail: `${model.info.name}, ${layers} blocks`,
      request: { recipe: null },
      of: of('base'),
      steps: 0,
    },
    {
      id: 'recipe',
      title: 'Recipe on show, untrained',
      detail: `${methodInfo(shown.method).title}, ${deeperDepth(shown, layers)} blocks`,
      request: { recipe: shown },
      of: of('recipe', deciding),
      steps: 0,
    },
    ...trained,
  ];
}
