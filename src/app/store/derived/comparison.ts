import type { Arm } from '../../../recipe/presets';
import { comparePresets } from '../../../recipe/presets';
import type { Recipe } from '../../../recipe/schema';
import type { ComparisonId } from '../../../recipe/view';
import { METHOD_GROUPS, methodTitle } from '../../methods/methods';
import type { WithCompare } from '../state/compare';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** A comparison: its arms and which of them are chosen. */
export interface Comparison {
  readonly id: ComparisonId;
  readonly title: string;
  /** All arms; the base model is first. */
  readonly arms: readonly Arm[];
  readonly chosen: readonly string[];
  /** Id of the arm the others are compared with. */
  readonly reference: string;
}

/** Methods chosen at first, few so that the wait is short: the released ones, the exact variant and the controls. */
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
        // Passthrough needs the slices of the recipe.
        .filter(({ slices }) => !slices || recipe.slices !== null)
        .map(({ id, title }) => ({ id, title, recipe: { ...recipe, method: id } })),
    ],
    chosen: [...new Set([BASE_ARM.id, ...DEFAULT_METHODS, recipe.method])],
    reference: BASE_ARM.id,
  };
}

/** All comparisons available for a recipe. */
export function comparisons(recipe: Recipe): Comparison[] {
  const presets = comparePresets(recipe, methodTitle).map((preset) => ({
    ...preset,
    chosen: preset.arms.map(({ id }) => id),
  }));
  return [everyMethod(recipe), ...presets];
}

/** The comparison on show, with the user's choice of arms and reference. */
export function shownComparison({ recipe, view, compare }: WithRecipe & WithView & WithCompare): Comparison {
  const all = comparisons(recipe.current);
  const shown = all.find(({ id }) => id === view.comparison) ?? everyMethod(recipe.current);
  return {
    ...shown,
    chosen: view.chosen === null ? shown.chosen : [BASE_ARM.id, ...view.chosen],
    reference: compare.pinned[shown.id] ?? shown.reference,
  };
}
