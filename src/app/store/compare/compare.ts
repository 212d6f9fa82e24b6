/*
 * Room `store/compare`: actions of Compare and of the measures beside the tower: evaluates and measures arms, stores and
 * loads the results. Imports `session` and what is below it.
 */

import type { ComparisonId, Depth } from '../../../recipe/view';
import { toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { Comparison } from '../derived/comparison';
import { BASE_ARM, shownComparison } from '../derived/comparison';
import { notify } from '../session/notices';
import type { WithCompare } from '../state/compare';
import type { WithNotices } from '../state/notices';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import type { EvaluationActions } from './evaluations';
import { readResults } from './saved-result';

type Needs = WithRecipe & WithView & WithCompare & WithNotices;

/** Actions that choose arms and evaluate them one after another. */
export function createCompare({ store }: Context<Needs>, evaluations: EvaluationActions) {
  const table = new LatestTask();
  const single = new LatestTask();

  const chosenArms = ({ arms, chosen }: Comparison) => arms.filter(({ id }) => chosen.includes(id));

  return {
    /** Evaluates the chosen arms without a result, one after another. A failed one does not stop the others. */
    async run(): Promise<void> {
      patch(store, 'compare', { running: true });
      await table.run(async (signal) => {
        const { depth } = store.getState().view;
        for (const { recipe, title } of chosenArms(shownComparison(store.getState()))) {
          if (signal.aborted) return;
          await evaluations.evaluate(recipe, signal, { depth, title });
        }
        if (!signal.aborted) patch(store, 'compare', { running: false });
      });
    },

    cancel(): void {
      table.cancel();
      patch(store, 'compare', { running: false });
    },

    /** Evaluates the base and the current recipe. */
    async evaluateShown(): Promise<void> {
      patch(store, 'compare', { evaluating: true });
      await single.run(async (signal) => {
        await evaluations.evaluate(null, signal, { title: BASE_ARM.title });
        if (!signal.aborted) await evaluations.evaluate(store.getState().recipe.current, signal);
        if (!signal.aborted) patch(store, 'compare', { evaluating: false });
      });
    },

    cancelShown(): void {
      single.cancel();
      patch(store, 'compare', { evaluating: false });
    },

    show(comparison: ComparisonId): void {
      patch(store, 'view', { comparison, chosen: null });
    },

    setDepth(depth: Depth): void {
      patch(store, 'view', { depth });
    },

    /** Adds arms to the comparison on show or removes them. The base always stays. */
    choose(ids: readonly string[], wanted: boolean): void {
      const { arms, chosen } = shownComparison(store.getState());
      const next = arms
        .map((arm) => arm.id)
        .filter((arm) => arm !== BASE_ARM.id && (ids.includes(arm) ? wanted : chosen.includes(arm)));
      patch(store, 'view', { chosen: next });
    },

    /** Makes an arm the reference of the comparison on show. */
    pin(arm: string): void {
      const { id } = shownComparison(store.getState());
      patch(store, 'compare', (before) => ({ pinned: { ...before.pinned, [id]: arm } }));
    },

    /** Adds the results of a file to the table. */
    importResults(file: string, text: string): void {
      try {
        const results = readResults(text);
        patch(store, 'compare', ({ imported }) => ({
          imported: [
            ...imported.filter((other) => other.file !== file),
            ...results.map((saved) => ({ file, saved })),
          ],
        }));
      } catch (error) {
        notify(store, 'error', `${file} could not be read`, toFailure(error).message);
      }
    },

    forgetImported(): void {
      patch(store, 'compare', { imported: [] });
    },
  };
}
