// The base model, deeper ones and trained ones as wholes: how they are made, evaluated, measured, compared and asked to write.
// Imports of the engine training and what training imports; nothing of alignments.

import { LlamaModel } from '../../llama/model';
import type { Recipe } from '../../recipe/schema';
import type { ExpandOptions } from '../../upscale/expanding/expand';
import type { Expansion } from '../../upscale/expanding/expansion';
import { expansionOf } from './expansion';
import { trainings } from '../training/trainings';
import type { Workspace } from '../workspace/workspace';

/** The open model as it is in its files. */
export const baseModel = ({ backend, model, weights }: Workspace): LlamaModel =>
  LlamaModel.base(backend, model.config, weights);

/**
 * The model a recipe makes, or the base model for null; with `arm` the one trained under that name.
 * @throws RequestError for an arm that is not in training.
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
  const { backend, model, weights } = workspace;
  return { model: new LlamaModel(backend, model.config, weights, expansion.layers), expansion };
}
