import type { MethodId, Recipe } from '../../recipe/schema';
import { METHOD_GROUPS } from '../methods';
import type { Context } from './context';
import { patch } from './context';
import type { Evaluated, EvaluationActions } from './evaluations';
import { evaluationKey } from './evaluations';
import { Latest } from './latest';
import type { AppState } from './state';

/** A row of the comparison. */
export type ArmId = 'base' | MethodId;
export const ARMS: readonly ArmId[] = [
  'base',
  ...METHOD_GROUPS.flatMap((group) => group.methods.map(({ id }) => id)),
];

export interface CompareState {
  /** Whether the table is being filled. */
  readonly running: boolean;
  /** Whether only the recipe on show and the base are being evaluated. */
  readonly evaluating: boolean;
}

export const INITIAL_COMPARE: CompareState = { running: false, evaluating: false };

/** The recipe of an arm: the one on show with another method; null for the base model. */
function armRecipe(recipe: Recipe, arm: ArmId): Recipe | null {
  return arm === 'base' ? null : { ...recipe, method: arm };
}

/** What is known of an arm for the recipe, text and backend on show now. */
export function armEvaluation(state: AppState, arm: ArmId): Evaluated | undefined {
  return state.evaluations.entries[evaluationKey(state, armRecipe(state.recipe.current, arm))];
}

/** Running evaluations in a row. */
export function createCompare({ store }: Context, evaluations: EvaluationActions) {
  const table = new Latest();
  const single = new Latest();

  async function evaluateAll(arms: readonly ArmId[], signal: AbortSignal): Promise<void> {
    const { recipe } = store.getState();
    for (const arm of arms) {
      if (signal.aborted) return;
      await evaluations.evaluate(armRecipe(recipe.current, arm), signal);
    }
  }

  return {
    /** Evaluates every arm that is not known yet, one after another; one that fails does not stop the others. */
    async run(): Promise<void> {
      patch(store, 'compare', { running: true });
      await table.run(async (signal) => {
        await evaluateAll(ARMS, signal);
        if (!signal.aborted) patch(store, 'compare', { running: false });
      });
    },

    cancel(): void {
      table.cancel();
      patch(store, 'compare', { running: false });
    },

    /** Evaluates the base and the recipe on show. */
    async evaluateShown(): Promise<void> {
      patch(store, 'compare', { evaluating: true });
      await single.run(async (signal) => {
        await evaluateAll(['base', store.getState().recipe.current.method], signal);
        if (!signal.aborted) patch(store, 'compare', { evaluating: false });
      });
    },

    cancelShown(): void {
      single.cancel();
      patch(store, 'compare', { evaluating: false });
    },
  };
}
