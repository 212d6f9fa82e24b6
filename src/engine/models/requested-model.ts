// Jobs on whole models, base, deeper or trained: making, evaluating, measuring, comparing, generating. Of the engine this room
// imports training and the rooms that training imports; nothing of alignments.

import { LlamaModel } from '../../llama/model';
import type { Recipe } from '../../recipe/schema';
import type { ExpandOptions } from '../../upscale/expanding/expand';
import type { Expansion } from '../../upscale/expanding/expansion';
import { expansionOf } from './expansion';
import { trainings } from '../training/trainings';
import type { Workspace } from '../workspace/workspace';

/** Returns the open model, unchanged. */
export const baseModel = ({ backend, model, weights }: Workspace): LlamaModel =>
  LlamaModel.base(backend, model.config, weights);

/**
 * Returns the deeper model of a recipe, or the base model for null; with `arm` the model trained under that name.
 * @throws RequestError if the arm is not in training.
 */
export async function requestedModel(
  workspace: Workspace,
  { recipe, arm }: { readonly recipe: Recipe | null; readonly arm?: string },
  options: Pick<ExpandOptions, 'signal' | 'onProgress'>,
): Promise<{ model: LlamaModel; expansion: Expansion | undefined }> {
  if (arm !== undefined) {
    const { model, expansion } = workspace.get(trainings).require(arm);
    return { model, expansion };
  }
  if (recipe === null) return { model: baseModel(workspace), expansion: undefined };
  const expansion = await expansionOf(workspace, recipe, options);
  return { model: expansion.model(workspace.weights), expansion };
}
