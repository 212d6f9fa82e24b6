import { LlamaModel } from '../../llama/model';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { parseRecipe } from '../../upscale/recipe';
import { batchesOf } from '../../train/batches';
import type { StepTimes } from '../../train/clock';
import { meanLoss } from '../../train/evaluation';
import type { Example } from '../../train/examples';
import { countTrainable, planMemory } from '../../train/memory';
import { Trainer } from '../../train/trainer';
import { expand } from '../../upscale/expanding/expand';
import { blockSpecs } from '../../upscale/expanding/block-specs';
import type { Job } from '../workspace/context';
import { RequestError } from '../jobs/errors';
import type { ArmPlan, TrainingPlan } from '../jobs';
import { stepCostOf, trainableOf } from './trainable';
import { MEMORY_BYTES } from './training';
import type { Workspace } from '../workspace/workspace';
import { sharedData } from './shared-data';
import { now } from '../../now';

/** If one window takes longer than this, whole steps are not measured. */
const SLOW_MS = 500;

/** Plans memory and data of arms, each as if alone. An arm that does not fit reports its problem instead. */
export const planTraining: Job<'planTraining'> = async (
  workspace,
  request,
  context,
): Promise<TrainingPlan> => {
  const recipes = request.recipes.map(parseRecipe);
  const [first] = recipes;
  if (!first) throw new RequestError('planTraining: expected at least one arm, got none. Choose one.');
  const { data } = await sharedData(workspace, request.texts, first.training, context);
  const { reports, heldout, retention, response } = data;
  const measured = [heldout, retention, response].flatMap((examples) => examples ?? []);
  return {
    texts: reports,
    measured: measured.reduce((sum, { ids, from }) => sum + ids.length - from, 0),
    arms: recipes.map((recipe) => {
      try {
        return armPlan(workspace, recipe, request.memoryBytes ?? MEMORY_BYTES);
      } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
      }
    }),
  };
};

function armPlan(
  { backend, model: { config }, weights }: Workspace,
  recipe: Recipe,
  budgetBytes: number,
): ArmPlan {
  const layers = blockSpecs(recipe, config.layers);
  const newLayers = [...layers.keys()].filter((index) => layers[index]?.kind !== 'base');
  const deeper = { method: recipe.method, newLayers, layers };
  const trainable = trainableOf(recipe, deeper);
  const { batch, context } = recipe.training;
  const sized = { backend, config, logitRows: LlamaModel.base(backend, config, weights).logitRows, layers };
  return {
    memory: planMemory(sized, trainable, { batch, context, budgetBytes }),
    trainable: countTrainable(config, trainable),
    layers: layers.length,
    newLayers,
    stepCost: stepCostOf(recipe, deeper),
  };
}

/**
 * Measures some steps on synthetic tokens, with copies as new blocks because those need no solving. On slow devices it
 * measures one window and multiplies.
 */
export const trainingSpeed: Job<'trainingSpeed'> = async (workspace, { batch, context }, { signal }) => {
  const { backend, model, weights } = workspace;
  const { config } = model;
  const recipe = parseRecipe({ ...DEFAULT_RECIPE, method: 'copy-previous:zero' });
  const expansion = await expand(backend, weights, recipe, { signal });
  try {
    const base = expansion.model(weights);
    const { betas, eps, weightDecay, clip } = recipe.training;
    const options = { betas, eps, weightDecay, clip, keepActivations: true };
    const trainer = await Trainer.open(base, trainableOf(recipe, expansion), options, signal);
    try {
      const examples = Array.from({ length: batch }, (_, i): Example => ({
        ids: Uint32Array.from(
          { length: context + 1 },
          (__, t) => (i * 7919 + t * 104_729) % config.vocabSize,
        ),
        from: 1,
      }));
      const timed = async (windows: number, count: number): Promise<StepTimes[]> => {
        const batches = batchesOf(examples.slice(0, windows), windows);
        for (let i = 0; i < count; i++) await trainer.enqueue(batches, 1e-6, signal);
        return (await trainer.collect()).map(({ milliseconds }) => milliseconds);
      };
      // The first step compiles kernels and reads weights.
      await timed(1, 1);
      const single = await timed(1, 1);
      const slow = single.some(({ forward, backward }) => forward + backward > SLOW_MS);
      const times = slow ? single : await timed(batch, 3);
      const factor = slow ? batch : 1;
      const measured = examples.slice(0, slow ? 1 : batch);
      const started = now();
      await meanLoss(trainer.model, measured, signal);
      const mean = (part: keyof StepTimes): number =>
        (factor * times.reduce((sum, time) => sum + time[part], 0)) / times.length;
      return {
        stepMs: {
          forward: mean('forward'),
          backward: mean('backward'),
          optimizer: mean('optimizer') / factor,
        },
        stepCost: stepCostOf(recipe, expansion),
        evaluationMsPerToken: (now() - started) / (measured.length * context),
      };
    } finally {
      trainer.free();
    }
  } finally {
    expansion.free();
  }
};
