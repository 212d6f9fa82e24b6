import type { JobEvent } from '../../../engine/jobs';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import type { WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { TryColumn, TryTask, WithTry } from '../state/try';
import type { WithView } from '../state/view';
import { raceActionsOf } from '../train/race-actions';
import type { ModelChoice } from './choices';
import { modelChoices } from './choices';

/** The parts of the state it reads and changes. */
export type TryNeeds = WithBackend & WithModel & WithRecipe & WithView & WithRace & WithNotices & WithTry;

/** What a task gets for one column. */
export interface ColumnTask {
  readonly column: TryColumn;
  readonly choice: ModelChoice;
  readonly signal: AbortSignal;
  /** Passed to the engine; shows its progress. */
  readonly onEvent: (event: JobEvent) => void;
}

type Result = NonNullable<TryColumn['written' | 'read' | 'look']>;
const FIELDS = { write: 'written', read: 'read', look: 'look' } as const;

/** Runs a task on one column after another. A failure does not stop the others; a new run cancels the previous one. */
export function createColumnRunner<K extends TryTask>(context: Context<TryNeeds>, task: K) {
  const { store } = context;
  const latest = new LatestTask();
  const field = FIELDS[task];
  type Value = NonNullable<TryColumn[(typeof FIELDS)[K]]>;

  const setRunning = (running: { column: number } | undefined) =>
    patch(store, 'tryStage', (before) => ({ running: { ...before.running, [task]: running } }));

  /** Changes a column's result; does nothing if the column was removed. */
  function setResult(id: number, change: (before: Value | undefined) => Value | undefined): void {
    patch(store, 'tryStage', ({ columns }) => ({
      columns: columns.map((column) =>
        column.id === id ? { ...column, [field]: change(column[field] as Value | undefined) } : column,
      ),
    }));
  }

  /** Signal of the run that owns a column's result: a cancelled run must not finish the result of its successor. */
  const owners = new Map<number, AbortSignal>();

  /** Ends a running result with another status; what it has so far stays. */
  function finish(id: number, signal: AbortSignal, change: Partial<Result>): void {
    if (owners.get(id) !== signal) return;
    setResult(id, (before) => (before?.status === 'running' ? { ...before, ...change } : before));
  }

  async function runColumn(
    id: number,
    signal: AbortSignal,
    run: (task: ColumnTask) => Promise<void>,
  ): Promise<void> {
    const column = store.getState().tryStage.columns.find((candidate) => candidate.id === id);
    const choice = modelChoices(store.getState()).find((candidate) => candidate.id === column?.model);
    if (column === undefined || choice === undefined) return;
    setRunning({ column: id });
    const onEvent = (event: JobEvent): void => {
      if (event.type !== 'progress' || signal.aborted) return;
      patch(store, 'tryStage', (before) => ({
        running: { ...before.running, [task]: { column: id, progress: event.progress } },
      }));
    };
    try {
      if (choice.run) await raceActionsOf(context).ensureOnDevice(choice.run, signal);
      await run({ column, choice, signal, onEvent });
    } catch (error) {
      if (signal.aborted || isAbort(error)) finish(id, signal, { status: 'stopped' });
      else finish(id, signal, { status: 'failed', failure: toFailure(error) });
    }
  }

  return {
    setResult,

    /** True while a run is active. */
    get running(): boolean {
      return latest.running;
    },

    /**
     * Runs `work` on the columns.
     * @param prepare sets a column's initial result with status `running`; returns false to skip the column.
     */
    async run(
      prepare: (column: TryColumn, choice: ModelChoice) => boolean,
      work: (task: ColumnTask) => Promise<void>,
    ) {
      await latest.run(async (signal) => {
        const choices = modelChoices(store.getState());
        const ids: number[] = [];
        for (const column of store.getState().tryStage.columns) {
          const choice = choices.find(({ id }) => id === column.model);
          if (!choice || !prepare(column, choice)) continue;
          ids.push(column.id);
          owners.set(column.id, signal);
        }
        for (const id of ids) {
          if (signal.aborted) finish(id, signal, { status: 'stopped' });
          else await runColumn(id, signal, work);
        }
        if (!signal.aborted) setRunning(undefined);
      });
    },

    /** Stops the run at once, even if the engine takes longer to cancel. */
    stop(): void {
      latest.cancel();
      for (const [id, signal] of owners) finish(id, signal, { status: 'stopped' });
      setRunning(undefined);
    },
  };
}
