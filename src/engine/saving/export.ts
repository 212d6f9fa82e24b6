import { writeCheckpoint } from '../../checkpoint/write';
import { parseRecipe } from '../../upscale/recipe';
import { deeperConfig, dtypeFields, kindFields } from '../../upscale/saving/deeper-config';
import { documentsOf } from '../../upscale/saving/documents';
import { recipeValues } from '../../upscale/saving/recipe-values';
import { isRounded, savedTensors, tensorsToWrite } from '../../upscale/saving/save';
import type { JobContext } from '../workspace/context';
import { progress } from '../workspace/context';
import type { Environment } from '../environment/environment';
import { RequestError } from '../jobs/errors';
import { expansionOf } from '../models/expansion';
import type { ExportRequest, ExportResult } from '../jobs';
import { trainings } from '../training/trainings';
import type { Workspace } from '../workspace/workspace';

/** Writes the deeper checkpoint and reads it back. After failure or cancellation nothing of it remains. */
export async function exportCheckpoint(
  workspace: Workspace,
  request: ExportRequest,
  context: JobContext,
  environment: Environment,
): Promise<ExportResult> {
  const training = request.arm === undefined ? undefined : workspace.get(trainings).require(request.arm);
  const recipe = training?.recipe ?? parseRecipe(request.recipe);
  const name = checkName(request.name);
  const { signal, emit } = context;
  const { backend, model } = workspace;
  const { checkpoint, config } = model;
  const expansion =
    training?.expansion ??
    (await expansionOf(workspace, recipe, {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    }));
  const { losses } = request;
  // A recipe's dtype rounds the exact values itself.
  const dtype = recipe.dtype === null ? (request.dtype ?? 'source') : 'f32';
  const tensors = savedTensors(backend, expansion, checkpoint, config, { dtype, trained: training?.tensors });
  const { sources, newLayers, parameters } = expansion;
  const exact = dtype === 'f32' && tensors.some(({ values }) => values);
  const named = recipe.outDtype ?? recipe.dtype ?? (exact ? 'float32' : undefined);
  const { sink, blob } = await environment.destination(request.destination, name);
  const written = await writeCheckpoint(
    sink,
    {
      tensors: recipeValues(tensorsToWrite(tensors), expansion, config, recipe),
      config: deeperConfig(checkpoint.configText, sources, config.layers, {
        ...kindFields(checkpoint.config, config, sources),
        ...dtypeFields(checkpoint.config, named),
      }),
      copyFrom: checkpoint.files,
      documents: documentsOf({
        expansion,
        recipe,
        config,
        tensors,
        losses,
        baseName: checkpoint.name,
        baseCard: model.info.card,
        ...(training ? { trained: training.cardFacts } : {}),
      }),
    },
    {
      ...(signal ? { signal } : {}),
      newHash: environment.newHash?.bind(environment),
      onProgress: progress(context, 'Writing', 0, 0.6),
      onVerify: progress(context, 'Reading back', 0.6, 1),
    },
  );
  return {
    layers: expansion.layers.length,
    newLayers,
    parameters,
    notices: expansion.notices,
    ...written,
    rounded: tensors.filter(isRounded).length,
    ...(blob ? { blob: await blob() } : {}),
  };
}

/** Returns a valid name. @throws RequestError if it is not a folder name on every system. */
function checkName(name: string): string {
  const usable = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name) && !/[. ]$/.test(name) && name.length <= 200;
  if (usable) return name;
  throw new RequestError(
    `export: expected a folder name of letters, digits, spaces, dots, dashes and underscores, got ${JSON.stringify(name)}. Choose another name.`,
  );
}
