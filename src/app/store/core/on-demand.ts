import type { JobEvent, JobFailure, Progress } from '../../../engine/jobs';
import { isAbort, toFailure } from './failure';
import { LatestTask } from './latest-task';

/** Results that are computed when asked for and kept, each under what it is of. One is computed at a time. */
export interface OnDemand<T> {
  readonly entries: Readonly<Record<string, T>>;
  readonly running?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly failed?: { readonly key: string; readonly failure: JobFailure } | undefined;
}

/** What a computation gets: when to stop, and whom to tell how far it is. */
export interface ComputeOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: JobEvent) => void;
}

/**
 * Runs and keeps results. A newer wish overtakes the one under way; a cancelled one leaves no trace.
 *
 * @param set changes the part of the state that holds them.
 * @param most as many as are kept; the oldest go first.
 */
export function onDemand<T>(
  set: (change: (before: OnDemand<T>) => Partial<OnDemand<T>>) => void,
  most: number,
) {
  const latest = new LatestTask();

  return {
    cancel(): void {
      latest.cancel();
      set(() => ({ running: undefined, progress: undefined }));
    },

    /** Computes what `key` names; a failure is kept under it until the next wish. */
    async run(key: string, compute: (options: ComputeOptions) => Promise<T>): Promise<void> {
      await latest.run(async (signal) => {
        set(() => ({ running: key, progress: undefined, failed: undefined }));
        const onEvent = (event: JobEvent): void => {
          if (event.type === 'progress' && !signal.aborted) set(() => ({ progress: event.progress }));
        };
        try {
          const result = await compute({ signal, onEvent });
          if (signal.aborted) return;
          set(({ entries }) => ({
            entries: Object.fromEntries([...Object.entries(entries).slice(1 - most), [key, result]]),
            running: undefined,
            progress: undefined,
          }));
        } catch (error) {
          if (signal.aborted) return;
          const failed = isAbort(error) ? undefined : { key, failure: toFailure(error) };
          set(() => ({ running: undefined, progress: undefined, failed }));
        }
      });
    },
  };
}
