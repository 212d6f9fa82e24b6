/*
 * Room `store/try`: actions of Try, loaded with it: its columns and the tasks that run on them. Imports `store/train`
 * for trained runs. Nothing that the first page loads may import it.
 */

import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { TryColumn } from '../state/try';
import { modelChoices } from './choices';
import { createReading } from './reading';
import type { TryNeeds } from './column-runner';
import { createWriting } from './writing';

/** Maximum number of columns that fit side by side. */
export const MOST_COLUMNS = 3;

/** Actions of Try: changes its columns and runs tasks on them. */
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

  // Another model was opened: cancel tasks and drop results of the old one.
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

    /** Chooses the model of a column. Cancels all tasks, because they may be using its old model. */
    choose(id: number, model: string): void {
      cancel();
      setColumns((columns) => columns.map((column) => (column.id === id ? { id, model } : column)));
    },

    /** Makes sure that a column shows this model; changes the last column if none does. */
    show(model: string): void {
      const { columns } = store.getState().tryStage;
      const last = columns.at(-1);
      if (last && !columns.some((column) => column.model === model)) this.choose(last.id, model);
    },

    /** Adds a column with the first model that is not shown yet. */
    add(): void {
      const { columns } = store.getState().tryStage;
      if (columns.length >= MOST_COLUMNS) return;
      const choices = modelChoices(store.getState());
      const free = choices.find((choice) => !columns.some(({ model }) => model === choice.id));
      const id = Math.max(-1, ...columns.map((column) => column.id)) + 1;
      setColumns((before) => [...before, { id, model: (free ?? choices.at(-1))?.id ?? 'base' }]);
    },

    /** Removes a column, unless it is the only one. */
    remove(id: number): void {
      if (store.getState().tryStage.columns.length <= 1) return;
      cancel();
      setColumns((columns) => columns.filter((column) => column.id !== id));
    },
  };
}
export type TryActions = ReturnType<typeof createTry>;

const made = new WeakMap<Context<TryNeeds>, TryActions>();

/** Returns the Try actions of a context; creates them on first use. */
export function tryActionsOf(context: Context<TryNeeds>): TryActions {
  const actions = made.get(context) ?? createTry(context);
  made.set(context, actions);
  return actions;
}
