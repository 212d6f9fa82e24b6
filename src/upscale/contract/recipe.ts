import type { Recipe } from '../../recipe/schema';

/** The fields of a recipe that decide the deeper model's weights. */
export type ExpandRecipe = Omit<Recipe, 'version' | 'model' | 'training'>;
