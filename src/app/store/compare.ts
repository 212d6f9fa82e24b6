import type { ComparisonId } from '../../recipe/view';
import type { Comparison } from './comparison';
import { BASE_ARM, shownComparison } from './comparison';
import type { Context } from './context';
import { patch } from './context';
import type { Depth, EvaluationActions } from './evaluations';
import { toFailure } from './failure';
import { Latest } from './latest';
import { notify } from './notices';
import type { SavedResult } from './saved-result';
import { readResults } from './saved-result';

/** Results from a file. */
interface Imported {
  readonly file: string;
  readonly saved: SavedResult;
}

export interface CompareState {
  /** Whether the table is being filled. */
  readonly running: boolean;
  /** Whether only the recipe on show and the base are being evaluated. */
  readonly evaluating: boolean;
  /** How much of every arm is measured. */
  readonly depth: Depth;
  /** The arms chosen by hand, by comparison. */
  readonly chosen: Partial<Readonly<Record<ComparisonId, readonly string[]>>>;
  /** The reference chosen by hand, by comparison. */
  readonly pinned: Partial<Readonly<Record<ComparisonId, string>>>;
  readonly imported: readonly Imported[];
}

export const INITIAL_COMPARE: CompareState = {
  running: false,
  evaluating: false,
  depth: 'loss',
  chosen: {},
  pinned: {},
  imported: [],
};

/** Choosing arms, and running their evaluations in a row. */
export function createCompare({ store }: Context, evaluations: EvaluationActions) {
  const table = new Latest();
  const single = new Latest();

  const chosenArms = ({ arms, chosen }: Comparison) => arms.filter(({ id }) => chosen.includes(id));

  return {
    /** Evaluates every chosen arm that is not known yet, one after another; one that fails does not stop the others. */
    async run(): Promise<void> {
      patch(store, 'compare', { running: true });
      await table.run(async (signal) => {
        const { compare } = store.getState();
        for (const { recipe, title } of chosenArms(shownComparison(store.getState()))) {
          if (signal.aborted) return;
          await evaluations.evaluate(recipe, signal, { depth: compare.depth, title });
        }
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
      patch(store, 'view', { comparison });
    },

    setDepth(depth: Depth): void {
      patch(store, 'compare', { depth });
    },

    /** Takes arms into the comparison on show, or leaves them out. The base stays: the others are measured by it. */
    choose(ids: readonly string[], wanted: boolean): void {
      const { id, arms, chosen } = shownComparison(store.getState());
      const next = arms
        .map((arm) => arm.id)
        .filter((arm) => arm === BASE_ARM.id || (ids.includes(arm) ? wanted : chosen.includes(arm)));
      patch(store, 'compare', (before) => ({ chosen: { ...before.chosen, [id]: next } }));
    },

    /** Makes an arm the one that the others are compared with. */
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
