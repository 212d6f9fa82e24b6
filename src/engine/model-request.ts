import type { Recipe } from '../recipe/schema';

/** A model to look at: the base (`recipe` null), a recipe's, or with `arm` what was trained under that name. */
export interface ModelRequest {
  readonly recipe: Recipe | null;
  readonly arm?: string;
}
