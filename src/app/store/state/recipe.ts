import type { RaceArm } from '../../../recipe/race';
import type { Recipe } from '../../../recipe/schema';
import { DEFAULT_RECIPE } from '../../../recipe/schema';
import type { View } from '../../../recipe/view';

/** Settings of a race that are part of the view. */
export type RaceSettings = Pick<
  View,
  'race' | 'without' | 'seeds' | 'budget' | 'minutes' | 'measurements' | 'firstPage'
>;

/** What one undo or redo restores: the recipe, and where a setting of a race was changed, that setting. */
export interface Step {
  readonly recipe: Recipe;
  readonly race?: Partial<RaceSettings>;
  /** The arms of one's own. */
  readonly own?: readonly RaceArm[];
}

/** The current recipe, and the history of undo and redo: of the recipe and of the settings of a race. */
export interface RecipeState {
  readonly current: Recipe;
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

export interface WithRecipe {
  readonly recipe: RecipeState;
}

export const INITIAL_RECIPE: RecipeState = { current: DEFAULT_RECIPE, past: [], future: [] };
