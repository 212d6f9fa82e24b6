import type { Recipe } from '../../recipe/schema';

/** The part of a recipe that decides a deeper model. */
export type ExpandRecipe = Omit<Recipe, 'version' | 'model' | 'training'>;
