import type { RaceArm } from '../../../recipe/race';
import type { GapPreset, MethodId, Recipe } from '../../../recipe/schema';
import type { View } from '../../../recipe/view';
import { fillsGaps, withGapMoved, recipeGaps, withGapToggled } from '../../methods/gaps';
import { defaultSlices } from '../../methods/layouts';
import { methodInfo } from '../../methods/methods';
import type { Context } from '../core/store';
import type { WithModel } from '../state/model';
import type { WithRace } from '../state/race';
import type { RaceSettings, Step, WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { now } from '../../../now';

type Needs = WithModel & WithRecipe & WithView & WithRace;

const HISTORY = 200;
/** Changes of one control within this time are one undo step. */
const MERGE_MS = 700;

/** Actions that change the recipe and the settings of a race, with one undo and redo for both. */
export function createRecipe({ store }: Context<Needs>) {
  let lastControl = '';
  let lastChange = -Infinity;

  /**
   * Changes the state as one undo step; continues the last one if the same control made it just now.
   * @param step what undo restores, besides the recipe.
   */
  function record(
    control: string,
    step: Omit<Step, 'recipe'>,
    change: (state: Needs) => Partial<Needs>,
  ): void {
    const time = now();
    const merge = control === lastControl && time - lastChange < MERGE_MS;
    lastControl = control;
    lastChange = time;
    store.setState((state) => {
      const changed = change(state);
      if (Object.keys(changed).length === 0) return {};
      const { current, past } = state.recipe;
      const kept = merge && past.length > 0 ? past : [...past, { recipe: current, ...step }].slice(-HISTORY);
      return {
        ...changed,
        recipe: { current: changed.recipe?.current ?? current, past: kept, future: [] },
      };
    });
  }

  /** @param control identifies the control, so that one drag of a slider is one undo step. */
  function change(control: string, update: (recipe: Recipe) => Recipe): void {
    record(control, {}, ({ recipe }) => {
      const next = update(recipe.current);
      return JSON.stringify(next) === JSON.stringify(recipe.current)
        ? {}
        : { recipe: { ...recipe, current: next } };
    });
  }

  /** Restores a step. Returns the change, and the step that restores what was there before. */
  function restored({ recipe, view, race }: Needs, step: Step): { change: Partial<Needs>; back: Step } {
    const settings = step.race && pick(view, step.race);
    return {
      change: {
        ...(step.race && { view: { ...view, ...step.race } }),
        ...(step.own && { race: { ...race, own: step.own } }),
      },
      back: {
        recipe: recipe.current,
        ...(settings && { race: settings }),
        ...(step.own && { own: race.own }),
      },
    };
  }

  const layers = () => store.getState().model.info?.layers ?? 0;

  return {
    change,

    undo(): void {
      lastControl = '';
      store.setState((state) => {
        const { past, future } = state.recipe;
        const step = past.at(-1);
        if (step === undefined) return {};
        const { change: changed, back } = restored(state, step);
        const recipe = { current: step.recipe, past: past.slice(0, -1), future: [back, ...future] };
        return { ...changed, recipe };
      });
    },

    redo(): void {
      lastControl = '';
      store.setState((state) => {
        const { past, future } = state.recipe;
        const [step, ...rest] = future;
        if (step === undefined) return {};
        const { change: changed, back } = restored(state, step);
        return { ...changed, recipe: { current: step.recipe, past: [...past, back], future: rest } };
      });
    },

    /** Changes settings of a race. */
    setRace(part: Partial<RaceSettings>): void {
      const before = pick(store.getState().view, part);
      record(`race ${Object.keys(part).join()}`, { race: before }, ({ view }) =>
        JSON.stringify(before) === JSON.stringify(part) ? {} : { view: { ...view, ...part } },
      );
    },

    /** Changes the arms of one's own; `control` as for `change`. */
    setOwnArms(control: string, update: (own: readonly RaceArm[]) => readonly RaceArm[]): void {
      const { own } = store.getState().race;
      record(`own ${control}`, { own }, ({ race }) => ({ race: { ...race, own: update(own) } }));
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

/** The values of `view` that `part` has, too. */
const pick = (view: View, part: Partial<RaceSettings>): Partial<RaceSettings> =>
  Object.fromEntries((Object.keys(part) as (keyof RaceSettings)[]).map((key) => [key, view[key]]));

export type RecipeActions = ReturnType<typeof createRecipe>;
