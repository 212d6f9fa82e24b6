import { evaluate } from '../../llama/evaluate';
import type { Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { blockShapes, blockTensorName } from '../../llama/block';
import { architectureOf } from '../../llama/config';
import type { Layer } from '../../llama/layer';
import { LlamaModel } from '../../llama/model';
import type { Band } from '../../llama/weights';
import { WeightOverrides } from '../../train/weight-overrides';
import { parseRecipe } from '../../upscale/recipe';
import { isRounded, type SavedTensor, savedTensors } from '../../upscale/saving/save';
import { RoundedBlock, uploadRounded } from './rounded-block';
import { windowsOf } from '../models/ids';
import { baseModel, requestedModel } from '../models/requested-model';
import type { SavedLoss } from '../jobs';
import { RequestError } from '../jobs/errors';
import { trainings } from '../training/trainings';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';

/**
 * Evaluates the base model, the deeper model as computed, and the deeper model with its computed and trained tensors rounded to
 * what they are saved in. The last is not evaluated again where rounding cannot change it.
 */
export const savedLoss: Job<'savedLoss'> = async (workspace, request, context): Promise<SavedLoss> => {
  const { backend, model } = workspace;
  const { signal, emit } = context;
  const { arm, dtype } = request;
  const recipe = parseRecipe(request.recipe);
  if (recipe.dtype !== null || recipe.outDtype !== null)
    throw new RequestError(
      'savedLoss: expected a recipe that leaves the dtype of base tensors, got one that sets it. Save the model and evaluate what was saved.',
    );
  const windows = await windowsOf(model, request);
  const asked = await requestedModel(
    workspace,
    { ...request, recipe },
    { signal, onProgress: (made) => emit({ type: 'progress', progress: made }) },
  );
  const { expansion } = asked;
  const loss = async (of: LlamaModel, label: string, part: number): Promise<number> =>
    (await evaluate(of, windows, { signal, onProgress: progress(context, label, part / 3, (part + 1) / 3) }))
      .loss;
  const tokens = windows.reduce((sum, ids) => sum + ids.length - 1, 0);
  const base = await loss(baseModel(workspace), 'Evaluating the base model', 0);
  const exact = await loss(asked.model, 'Evaluating the deeper model', 1);
  const trained = arm === undefined ? undefined : workspace.get(trainings).require(arm).tensors;
  const rounded = expansion
    ? savedTensors(backend, expansion, model.checkpoint, model.config, { dtype, trained }).filter(isRounded)
    : [];
  // New blocks whose output projections are zero pass their input through, rounded or not.
  const same = rounded.length === 0 || (arm === undefined && expansion?.preserving === true);
  if (same) return { tokens, base, exact, saved: exact, rounded: rounded.length };
  const scope = new Scope(backend, 'weights');
  try {
    const saved = await roundedModel(asked.model, rounded, scope);
    const after = await loss(saved, 'Evaluating it as it is saved', 2);
    return { tokens, base, exact, saved: after, rounded: rounded.length };
  } finally {
    scope.free();
  }
};

/** Returns the model with the tensors of `rounded` as they are saved. What is not in blocks belongs to `scope`. */
async function roundedModel(
  { backend, config, weights, layers }: LlamaModel,
  rounded: readonly SavedTensor[],
  scope: Scope,
): Promise<LlamaModel> {
  const byName = new Map(rounded.map((tensor) => [tensor.name, tensor]));
  const outer = async (name: string, band: number, rows: readonly number[]): Promise<Tensor | undefined> => {
    const tensor = byName.get(name);
    const read = tensor?.values?.[band];
    if (!tensor || !read) return undefined;
    return scope.own(uploadRounded(backend, tensor, await read(), [...rows, config.hiddenSize]));
  };
  const bands = new Map<Band, Tensor>();
  for (const list of new Set([weights.embedding, weights.head]))
    for (const [index, band] of list.entries()) {
      const tensor = await outer(band.name, index, [band.rows]);
      if (tensor) bands.set(band, tensor);
    }
  const finalNorm = await outer(architectureOf(config).finalNorm, 0, []);
  const keys = [...blockShapes(config).keys()];
  const deeper = layers.map((layer, index): Layer => {
    // Trained base blocks are `new` layers too.
    if (layer.kind === 'base') return layer;
    const tensors = new Map<string, SavedTensor>();
    for (const key of keys) {
      const tensor = byName.get(blockTensorName(config, index, key));
      if (tensor) tensors.set(key, tensor);
    }
    return { ...layer, block: new RoundedBlock(backend, layer.block, tensors) };
  });
  return new LlamaModel(backend, config, new WeightOverrides(weights, bands, finalNorm), deeper);
}
