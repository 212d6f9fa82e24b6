import type { Recipe } from '../recipe/schema';
import { applicability } from '../upscale/applicability';

/** What a recipe says in vain, as part of an answer: nothing at all where there is nothing to say. */
export function notices(recipe: Recipe, layers: number): { json: object; lines: string[] } {
  const { notices: found } = applicability(recipe.method, { layers }, recipe);
  return { json: found.length > 0 ? { notices: found } : {}, lines: found.map((text) => `Note: ${text}`) };
}
