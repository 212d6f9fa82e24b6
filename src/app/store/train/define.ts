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

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithRace;

/** The chosen arms ready to race: with gaps of the model, the current training settings and their own steps. */
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

/** Creates a race; all its runs have the status `waiting`. */
export function defineRace(
  setup: RaceSetup,
  arms: readonly RaceArm[],
  state: Needs,
  evaluations: number,
): Race {
  const { recipe, view, race, model, backend } = state;
  const { batch, accumulation, context } = recipe.current.training;
  const { summary } = backend;
  const seeds = Array.from({ length: view.seeds }, (_, seed) => recipe.current.training.seed + seed);
  const reference = arms.find((arm) => arm.id === setup.reference)?.recipe.training;
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
    id: raceId(now),
    question: setup.id,
    title: setup.title,
    recipe: { ...recipe.current, training: { ...recipe.current.training, steps: reference?.steps ?? 0 } },
    without: view.without,
    arms,
    reference: setup.reference,
    seeds,
    budget: view.budget,
    evaluations,
    tokensPerStep: batch * accumulation * context,
    modelKey: JSON.stringify(modelKey(state)),
    model: model.info?.name ?? '',
    text: `${race.texts.train?.name ?? SHIPPED_TEXTS.train.title}${view.firstPage ? ', first page' : ''}`,
    prompt: race.prompt,
    device: summary?.description ?? '',
    backend: summary?.kind ?? 'cpu',
    at: now.toISOString(),
    runs,
  };
}

/** A name that no other race has, also if two tabs begin one at once or the clock was set back. */
const raceId = (now: Date): string =>
  now.getTime().toString(36) + Math.floor(Math.random() * 36 ** 5).toString(36);

/** True if the race was run on the open model. */
export const isOfOpenModel = (race: Pick<Race, 'modelKey'>, state: WithModel & WithRecipe): boolean =>
  race.modelKey === JSON.stringify(modelKey(state));

/** The recipe of a run: that of its arm with the seed of the run, as in the command `race`. */
export function runRecipe({ arms }: Pick<Race, 'arms'>, { arm, seed }: Pick<Run, 'arm' | 'seed'>) {
  const recipe = arms.find(({ id }) => id === arm)?.recipe;
  if (recipe === undefined) throw new Error(`No arm ${arm} in this race.`);
  return { ...recipe, seed, training: { ...recipe.training, seed } };
}

/** Name under which the engine stores the state of a run. */
export const stateFileName = (
  { id, arms }: Pick<Race, 'id' | 'arms'>,
  { arm, seed }: Pick<Run, 'arm' | 'seed'>,
) => `race-${id}-${arms.findIndex((candidate) => candidate.id === arm)}-${seed}.state`;
