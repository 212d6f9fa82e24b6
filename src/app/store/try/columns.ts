/*
 * Room `store/try`: actions of Try, loaded with it: its columns and the rounds through them. Imports `store/train`,
 * whose arms it shows. Nothing that the first page loads may import it.
 */

import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { TryColumn } from '../state/try';
import { modelChoices } from './choices';
import { createReading } from './reading';
import type { TryNeeds } from './column-runner';
import { createWriting } from './writing';

/** As many models as fit side by side. */
export const MOST_COLUMNS = 3;

/** Columns of models, and what is asked of them. */
export function createTry(context: Context<TryNeeds>) {
  const { store } = context;
  const writing = createWriting(context);
  const reading = createReading(context);

  function cancel(): void {
    writing.stopWriting();
    reading.stopReading();
    reading.stopLooking();
  }

  function setColumns(change: (before: readonly TryColumn[]) => readonly TryColumn[]): void {
    patch(store, 'tryStage', ({ columns }) => ({ columns: change(columns) }));
  }

  // What is under way is of a model that is no longer the one open.
  store.subscribe(
    ({ model }) => model.id,
    () => {
      cancel();
      setColumns((columns) => columns.map(({ id, model }) => ({ id, model })));
      patch(store, 'tryStage', { token: null });
    },
  );

  return {
    ...writing,
    ...reading,

    /** Shows another model in a column. What was under way there would be of the one before. */
    choose(id: number, model: string): void {
      cancel();
      setColumns((columns) => columns.map((column) => (column.id === id ? { id, model } : column)));
    },

    /** Shows a model beside the others: in a column that has it, else in the last one. */
    show(model: string): void {
      const { columns } = store.getState().tryStage;
      const last = columns.at(-1);
      if (last && !columns.some((column) => column.model === model)) this.choose(last.id, model);
    },

    /** Adds a column with the first model that has none yet. */
    add(): void {
      const { columns } = store.getState().tryStage;
      if (columns.length >= MOST_COLUMNS) return;
      const choices = modelChoices(store.getState());
      const free = choices.find((choice) => !columns.some(({ model }) => model === choice.id));
      const id = Math.max(-1, ...columns.map((column) => column.id)) + 1;
      setColumns((before) => [...before, { id, model: (free ?? choices.at(-1))?.id ?? 'base' }]);
    },

    /** Takes a column away; the last one stays. */
    remove(id: number): void {
      if (store.getState().tryStage.columns.length <= 1) return;
      cancel();
      setColumns((columns) => columns.filter((column) => column.id !== id));
    },
  };
}
export type TryActions = ReturnType<typeof createTry>;

const made = new WeakMap<Context<TryNeeds>, TryActions>();

/** The columns of a page: made when they are first asked for. */
export function tryActionsOf(context: Context<TryNeeds>): TryActions {
  const actions = made.get(context) ?? createTry(context);
  made.set(context, actions);
  return actions;
}
