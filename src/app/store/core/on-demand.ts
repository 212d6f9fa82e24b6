import type { JobEvent, JobFailure, Progress } from '../../../engine/jobs';
import { isAbort, toFailure } from './failure';
import { LatestTask } from './latest-task';

/** State of results that are computed on request, one at a time, and cached by key. */
export interface OnDemand<T> {
  readonly entries: Readonly<Record<string, T>>;
  readonly running?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly failed?: { readonly key: string; readonly failure: JobFailure } | undefined;
}

/** Cancellation and progress of one computation, passed on to the engine. */
export interface ComputeOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: JobEvent) => void;
}

/**
 * Computes results on request and caches them. A newer request cancels the running one; a cancelled one changes nothing.
 *
 * @param set changes the part of the state that holds the results.
 * @param most how many results are kept; the oldest are evicted.
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

    /** Computes the result of `key`. A failure is kept with the key until the next request. */
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
