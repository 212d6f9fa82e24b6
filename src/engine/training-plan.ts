import { LlamaModel } from '../llama/model';
import { DEFAULT_RECIPE, parseRecipe } from '../recipe/schema';
import { batchesOf } from '../train/batches';
import { lossOf } from '../train/evaluation';
import type { Example } from '../train/examples';
import { countTrainable, planMemory } from '../train/memory';
import { Trainer } from '../train/trainer';
import { expand } from '../upscale/expand';
import { outline } from '../upscale/outline';
import type { Job } from './context';
import { meanTimes, MEMORY_BYTES, stepCostOf, trainableOf } from './training';
import { trainingData } from './training-data';

/** Steps that are timed, after a first that compiles kernels and reads weights. */
const TIMED = 3;

/** What a training would hold and learn from. @throws TrainError where it does not fit, saying what would. */
export const planTraining: Job<'planTraining'> = async (workspace, request) => {
  const recipe = parseRecipe(request.recipe);
  const { backend, model, weights } = workspace;
  const { config } = model;
  const layers = outline(recipe, config.layers);
  const newLayers = [...layers.keys()].filter((index) => layers[index]?.kind !== 'base');
  const deepened = { method: recipe.method, newLayers, layers };
  const trainable = trainableOf(recipe, deepened);
  const { batch, context } = recipe.training;
  const { logitRows } = LlamaModel.base(backend, config, weights);
  const budgetBytes = request.memoryBytes ?? MEMORY_BYTES;
  const memory = planMemory({ backend, config, logitRows, layers }, trainable, {
    batch,
    context,
    budgetBytes,
  });
  const { reports } = await trainingData(model, request.texts, recipe.training);
  return {
    memory,
    texts: reports,
    trainable: countTrainable(config, trainable),
    layers: layers.length,
    newLayers,
    stepCost: stepCostOf(recipe, deepened),
  };
};

/** Tries some steps with copies as new blocks, which take no solving, on made-up tokens. */
export const trainingSpeed: Job<'trainingSpeed'> = async (workspace, { batch, context }, { signal }) => {
  const { backend, model, weights } = workspace;
  const { config } = model;
  const recipe = parseRecipe({ ...DEFAULT_RECIPE, method: 'copy-previous:zero' });
  const expansion = await expand(backend, weights, recipe, { signal });
  try {
    const base = new LlamaModel(backend, config, weights, expansion.layers);
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
      const times = [];
      for (let step = 0; step <= TIMED; step++)
        times.push((await trainer.step(batchesOf(examples, batch), 1e-6, signal)).milliseconds);
      const started = performance.now();
      await lossOf(trainer.model, examples, signal);
      return {
        stepMs: meanTimes(times) ?? { forward: 0, backward: 0, optimizer: 0 },
        stepCost: stepCostOf(recipe, expansion),
        evaluationMsPerToken: (performance.now() - started) / (batch * context),
      };
    } finally {
      trainer.free();
    }
  } finally {
    expansion.free();
  }
};
