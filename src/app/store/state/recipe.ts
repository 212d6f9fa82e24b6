import type { Recipe } from '../../../recipe/schema';
import { DEFAULT_RECIPE } from '../../../recipe/schema';

/** The current recipe and its undo and redo history. */
export interface RecipeState {
  readonly current: Recipe;
  readonly past: readonly Recipe[];
  readonly future: readonly Recipe[];
}

export interface WithRecipe {
  readonly recipe: RecipeState;
}

export const INITIAL_RECIPE: RecipeState = { current: DEFAULT_RECIPE, past: [], future: [] };
