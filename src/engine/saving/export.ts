import { writeCheckpoint } from '../../checkpoint/write';
import type { Recipe } from '../../recipe/schema';
import { parseRecipe } from '../../upscale/recipe';
import { modelCard, recipeText } from '../../upscale/saving/card';
import { deeperConfig } from '../../upscale/saving/deeper-config';
import { recipeValues } from '../../upscale/saving/recipe-values';
import { tensorsToWrite } from '../../upscale/saving/save';
import type { JobContext } from '../workspace/context';
import { progress } from '../workspace/context';
import type { Environment } from '../environment/environment';
import { RequestError } from '../jobs/errors';
import { expansionOf } from '../models/expansion';
import type { ExportRequest, ExportResult } from '../jobs';
import { trainings } from '../training/trainings';
import type { Workspace } from '../workspace/workspace';

/** Writes the deeper checkpoint. After failure or cancellation nothing of it remains. */
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
  const { sink, blob } = await environment.destination(request.destination, name);
  const { sources, newLayers, parameters } = expansion;
  const written = await writeCheckpoint(
    sink,
    {
      tensors: recipeValues(
        tensorsToWrite(backend, expansion, checkpoint, config, training?.tensors),
        expansion,
        config,
        recipe,
      ),
      config: deeperConfig(
        checkpoint.configText,
        sources,
        config.layers,
        dtypeField(checkpoint.config, recipe),
      ),
      copyFrom: checkpoint.files,
      card: modelCard({
        expansion,
        recipe,
        config,
        baseName: checkpoint.name,
        ...(training ? { trained: training.cardFacts } : {}),
      }),
      recipe: recipeText(recipe, expansion, training?.cardFacts),
    },
    { ...(signal ? { signal } : {}), onProgress: progress(context, 'Writing') },
  );
  return {
    layers: expansion.layers.length,
    newLayers,
    parameters,
    notices: expansion.notices,
    bytes: written.bytes,
    files: written.files,
    ...(blob ? { blob: await blob() } : {}),
  };
}

/** Returns the field of config.json that names the dtype, if a recipe changes it. Newer versions of transformers call it `dtype`. */
function dtypeField(
  config: Readonly<Record<string, unknown>>,
  { dtype, outDtype }: Recipe,
): Record<string, unknown> {
  const stored = outDtype ?? dtype;
  return stored === null ? {} : { ['dtype' in config ? 'dtype' : 'torch_dtype']: stored };
}

/** Returns a valid name. @throws RequestError if it is not a folder name on every system. */
function checkName(name: string): string {
  const usable = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name) && !/[. ]$/.test(name) && name.length <= 200;
  if (usable) return name;
  throw new RequestError(
    `export: expected a folder name of letters, digits, spaces, dots, dashes and underscores, got ${JSON.stringify(name)}. Choose another name.`,
  );
}
