import type { JobEvent, JobName, Jobs } from '../jobs';
import type { Workspace } from './workspace';

/** What a job gets beside its arguments. */
export interface JobContext {
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: JobEvent) => void;
}

/** Implements one job. It frees all tensors it made, also on errors, except those it gave to the workspace. */
export type Job<N extends JobName> = (
  workspace: Workspace,
  args: Jobs[N]['args'],
  context: JobContext,
) => Promise<Jobs[N]['result']>;

/** Returns a progress callback for one part of a job, which is `start` … `end` of the whole. */
export function progress(
  { emit }: JobContext,
  label: string,
  start = 0,
  end = 1,
): (fraction: number) => void {
  let last = -Infinity;
  return (fraction) => {
    const whole = start + (end - start) * Math.min(1, Math.max(0, fraction));
    // At most 100 messages, because every message wakes the page.
    if (whole - last < 0.01 && fraction < 1) return;
    last = whole;
    emit({ type: 'progress', progress: { label, fraction: whole } });
  };
}
