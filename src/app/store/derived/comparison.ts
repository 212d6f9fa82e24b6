import type { Arm } from '../../../recipe/presets';
import { comparePresets } from '../../../recipe/presets';
import type { Recipe } from '../../../recipe/schema';
import type { ComparisonId } from '../../../recipe/view';
import { METHOD_GROUPS } from '../../methods/methods';
import type { WithCompare } from '../state/compare';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** Arms to choose from, and those that are chosen unless somebody says otherwise. */
export interface Comparison {
  readonly id: ComparisonId;
  readonly title: string;
  /** The base model first. */
  readonly arms: readonly Arm[];
  readonly chosen: readonly string[];
  /** The arm that the others are compared with. */
  readonly reference: string;
}

/** What a first look should not wait for long: the released methods, their exact twin and their controls. */
const DEFAULT_METHODS = [
  'opt-deus:paper',
  'opt-deus:literal',
  'opt-deus:hard',
  'average',
  'average:zero',
  'llama-pro',
] as const;

export const BASE_ARM: Arm = { id: 'base', title: 'Base model', recipe: null };

function everyMethod(recipe: Recipe): Comparison {
  const methods = METHOD_GROUPS.flatMap((group) => group.methods);
  return {
    id: 'methods',
    title: 'Every method at these gaps',
    arms: [
      BASE_ARM,
      ...methods
        // Slices are the recipe's own: without any there is nothing to pass through.
        .filter(({ slices }) => !slices || recipe.slices !== null)
        .map(({ id, title }) => ({ id, title, recipe: { ...recipe, method: id } })),
    ],
    chosen: [...new Set([BASE_ARM.id, ...DEFAULT_METHODS, recipe.method])],
    reference: BASE_ARM.id,
  };
}

/** All comparisons that can be made with a recipe. */
export function comparisons(recipe: Recipe): Comparison[] {
  const presets = comparePresets(recipe).map((preset) => ({
    ...preset,
    chosen: preset.arms.map(({ id }) => id),
  }));
  return [everyMethod(recipe), ...presets];
}

/** The comparison on show, with the choices that were made in it. */
export function shownComparison({ recipe, view, compare }: WithRecipe & WithView & WithCompare): Comparison {
  const all = comparisons(recipe.current);
  const shown = all.find(({ id }) => id === view.comparison) ?? everyMethod(recipe.current);
  return {
    ...shown,
    chosen: compare.chosen[shown.id] ?? shown.chosen,
    reference: compare.pinned[shown.id] ?? shown.reference,
  };
}
