import type { Recipe } from '../recipe/schema';
import { applicability } from '../upscale/expanding/applicability';

/** What a recipe says in vain, and what the file it was read from does (`notes`), as part of an answer: nothing at all where there is nothing to say. */
export function notices(
  recipe: Recipe,
  layers: number,
  notes: readonly string[] = [],
): { json: object; lines: string[] } {
  const found = [...notes, ...applicability(recipe.method, { layers }, recipe).notices];
  return { json: found.length > 0 ? { notices: found } : {}, lines: found.map((text) => `Note: ${text}`) };
}
