import type { RaceArm } from '../../../recipe/race';
import { engineRecipe } from '../../methods/gaps';
import { modelKey } from '../derived/evaluation';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { Race, Run, WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import type { RaceSetup } from './race-setup';
import { SHIPPED_TEXTS } from './texts';

/** The parts of the state it reads and changes. */
type Needs = WithBackend & WithModel & WithRecipe & WithView & WithRace;

/** Arms as they are raced: with gaps the model has, the training on show, and their own number of steps. */
export function armsWithSteps(
  { chosen }: RaceSetup,
  { recipe, model }: Needs,
  steps: readonly number[],
): RaceArm[] {
  const { training } = recipe.current;
  return chosen.map((arm, i) => ({
    ...arm,
    recipe: {
      ...engineRecipe(arm.recipe, model.info?.layers ?? 0),
      training: { ...training, steps: steps[i] ?? training.steps },
    },
  }));
}

/** A race about to start, all of its runs still waiting. */
export function defineRace(
  field: RaceSetup,
  arms: readonly RaceArm[],
  state: Needs,
  evaluations: number,
): Race {
  const { recipe, view, race, model, backend } = state;
  const { batch, accumulation, context } = recipe.current.training;
  const { summary } = backend;
  const seeds = Array.from({ length: view.seeds }, (_, seed) => recipe.current.training.seed + seed);
  const reference = arms.find((arm) => arm.id === field.reference)?.recipe.training;
  const runs = seeds.flatMap((seed) =>
    arms.map(({ id: arm, title, recipe: { training } }): Run => ({
      arm,
      seed,
      name: `${title}, seed ${seed}`,
      status: 'waiting',
      steps: training.steps + training.tuningSteps,
      losses: [],
      evaluations: [],
      gradients: {},
      samples: [],
    })),
  );
  const now = new Date();
  return {
    id: now.getTime().toString(36),
    question: field.id,
    title: field.title,
    recipe: { ...recipe.current, training: { ...recipe.current.training, steps: reference?.steps ?? 0 } },
    without: view.without,
    arms,
    reference: field.reference,
    seeds,
    budget: view.budget,
    evaluations,
    tokensPerStep: batch * accumulation * context,
    modelKey: JSON.stringify(modelKey(state)),
    model: model.info?.name ?? '',
    text: race.texts.train?.name ?? SHIPPED_TEXTS.train.title,
    prompt: race.prompt,
    device: summary?.description ?? '',
    backend: summary?.kind ?? 'cpu',
    at: now.toISOString(),
    runs,
  };
}

/** Whether a race is of the model that is open. */
export const isForOpenModel = (race: Pick<Race, 'modelKey'>, state: WithModel & WithRecipe): boolean =>
  race.modelKey === JSON.stringify(modelKey(state));

/** The recipe of a run: its arm's, on its own batches. As the command line's `race` has it. */
export function runRecipe({ arms }: Pick<Race, 'arms'>, { arm, seed }: Pick<Run, 'arm' | 'seed'>) {
  const recipe = arms.find(({ id }) => id === arm)?.recipe;
  if (recipe === undefined) throw new Error(`No arm ${arm} in this race.`);
  return { ...recipe, seed, training: { ...recipe.training, seed } };
}

/** What the engine keeps a run's state under. */
export const stateFileName = (
  { id, arms }: Pick<Race, 'id' | 'arms'>,
  { arm, seed }: Pick<Run, 'arm' | 'seed'>,
) => `race-${id}-${arms.findIndex((candidate) => candidate.id === arm)}-${seed}.state`;
