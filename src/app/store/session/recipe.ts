import type { GapPreset, MethodId, Recipe } from '../../../recipe/schema';
import { fillsGaps, withGapMoved, recipeGaps, withGapToggled } from '../../methods/gaps';
import { defaultSlices } from '../../methods/layouts';
import { methodInfo } from '../../methods/methods';
import type { Context } from '../core/store';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';

type Needs = WithModel & WithRecipe;

const HISTORY = 200;
/** Changes of one control within this time are one undo step. */
const MERGE_MS = 700;

/** Actions that change the recipe, with undo and redo. */
export function createRecipe({ store }: Context<Needs>) {
  let lastControl = '';
  let lastChange = -Infinity;

  /** @param control identifies the control, so that one drag of a slider is one undo step. */
  function change(control: string, update: (recipe: Recipe) => Recipe): void {
    const now = performance.now();
    const merge = control === lastControl && now - lastChange < MERGE_MS;
    lastControl = control;
    lastChange = now;
    store.setState(({ recipe: { current, past } }) => {
      const next = update(current);
      if (JSON.stringify(next) === JSON.stringify(current)) return {};
      const kept = merge && past.length > 0 ? past : [...past, current].slice(-HISTORY);
      return { recipe: { current: next, past: kept, future: [] } };
    });
  }

  const layers = () => store.getState().model.info?.layers ?? 0;

  return {
    change,

    undo(): void {
      lastControl = '';
      store.setState(({ recipe: { current, past, future } }) => {
        const before = past.at(-1);
        if (before === undefined) return {};
        return { recipe: { current: before, past: past.slice(0, -1), future: [current, ...future] } };
      });
    },

    redo(): void {
      lastControl = '';
      store.setState(({ recipe: { current, past, future } }) => {
        const [after, ...rest] = future;
        if (after === undefined) return {};
        return { recipe: { current: after, past: [...past, current], future: rest } };
      });
    },

    setMethod(method: MethodId): void {
      change('method', (recipe) => {
        const next = { ...recipe, method };
        if (methodInfo(method).slices && recipe.slices === null && layers() > 0)
          return { ...next, slices: defaultSlices(layers()) };
        // Remove a gap that the new method cannot fill: above the last block only a copy can stand.
        if (typeof recipe.gaps === 'string' || !fillsGaps(method)) return next;
        const gaps = recipeGaps(next, layers());
        return { ...next, gaps: gaps.length === 0 ? ('top' as const) : gaps };
      });
    },

    setGaps(gaps: GapPreset): void {
      change('gaps', (recipe) => ({ ...recipe, gaps }));
    },

    toggleGap(gap: number): void {
      change(`gap ${gap}`, (recipe) => withGapToggled(recipe, gap, layers()));
    },

    /** Moves the new block of one gap to an empty one. */
    moveGap(from: number, to: number): void {
      change('move', (recipe) => withGapMoved(recipe, from, to, layers()));
    },

    setEpsilon(epsilon: number): void {
      change('epsilon', (recipe) => ({ ...recipe, solver: { ...recipe.solver, epsilon } }));
    },

    setSolver(part: Partial<Recipe['solver']>): void {
      change(`solver ${Object.keys(part).join()}`, (recipe) => ({
        ...recipe,
        solver: { ...recipe.solver, ...part },
      }));
    },

    setCost(part: Partial<Recipe['cost']>): void {
      change(`cost ${Object.keys(part).join()}`, (recipe) => ({
        ...recipe,
        cost: { ...recipe.cost, ...part },
      }));
    },

    setStructured(part: Partial<Recipe['structured']>): void {
      change(`structured ${Object.keys(part).join()}`, (recipe) => ({
        ...recipe,
        structured: { ...recipe.structured, ...part },
      }));
    },

    setTraining(part: Partial<Recipe['training']>): void {
      change(`training ${Object.keys(part).join()}`, (recipe) => ({
        ...recipe,
        training: { ...recipe.training, ...part },
      }));
    },

    setAlpha(alpha: number): void {
      change('alpha', (recipe) => ({ ...recipe, alpha }));
    },

    setGroup(group: number): void {
      change('group', (recipe) => ({ ...recipe, group }));
    },

    setSlices(slices: Recipe['slices']): void {
      change('slices', (recipe) => ({ ...recipe, slices }));
    },

    /** Sets the parents of a gap's new block. Adjacent blocks are the default and are not stored. */
    setParents(gap: number, [previous, next]: readonly [number, number]): void {
      change(`parents ${gap}`, (recipe) => {
        const { [gap]: _, ...others } = recipe.parents;
        const adjacent = previous === gap && next === gap + 1;
        return { ...recipe, parents: adjacent ? others : { ...others, [gap]: [previous, next] } };
      });
    },

    /** Resets the parents of all gaps to the adjacent blocks. */
    resetParents(): void {
      change('parents', (recipe) => ({ ...recipe, parents: {} }));
    },

    /** Applies a whole recipe, but keeps the open model. */
    use(recipe: Recipe): void {
      change('recipe', (current) => ({ ...recipe, model: current.model }));
    },

    setSeed(seed: number): void {
      change('seed', (recipe) => ({ ...recipe, seed }));
    },

    setZeroInit(zeroInit: Recipe['zeroInit']): void {
      change('zeroInit', (recipe) => ({ ...recipe, zeroInit }));
    },
  };
}
export type RecipeActions = ReturnType<typeof createRecipe>;
