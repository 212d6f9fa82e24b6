import type { ModelInfo } from '../engine/jobs';
import type { Recipe } from '../recipe/schema';
import { applicability } from '../upscale/expanding/applicability';

/** Returns the output's part on settings that are not applied, of the recipe and of its file (`notes`); empty if there are none. */
export function notices(
  recipe: Recipe,
  model: ModelInfo,
  notes: readonly string[] = [],
): { json: object; lines: string[] } {
  const found = [...notes, ...applicability(recipe.method, model, recipe).notices];
  return { json: found.length > 0 ? { notices: found } : {}, lines: found.map((text) => `Note: ${text}`) };
}
