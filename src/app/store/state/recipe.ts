import type { Recipe } from '../../../recipe/schema';
import { DEFAULT_RECIPE } from '../../../recipe/schema';

/** The recipe in force and the ones before and after it in the history. */
export interface RecipeState {
  readonly current: Recipe;
  readonly past: readonly Recipe[];
  readonly future: readonly Recipe[];
}

/** A state that has this part. */
export interface WithRecipe {
  readonly recipe: RecipeState;
}

export const INITIAL_RECIPE: RecipeState = { current: DEFAULT_RECIPE, past: [], future: [] };
