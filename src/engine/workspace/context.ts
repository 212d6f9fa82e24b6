import type { JobEvent, JobName, Jobs } from '../jobs';
import type { Workspace } from './workspace';

/** What a running job is given beside its arguments. */
export interface JobContext {
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: JobEvent) => void;
}

/** One job. It frees on every way out what it made and did not hand to the workspace. */
export type Job<N extends JobName> = (
  workspace: Workspace,
  args: Jobs[N]['args'],
  context: JobContext,
) => Promise<Jobs[N]['result']>;

/** A progress callback for one part of a job, `start` … `end` of the whole. */
export function progress(
  { emit }: JobContext,
  label: string,
  start = 0,
  end = 1,
): (fraction: number) => void {
  let last = -Infinity;
  return (fraction) => {
    const whole = start + (end - start) * Math.min(1, Math.max(0, fraction));
    // A hundred steps are enough for a bar; every message wakes the page.
    if (whole - last < 0.01 && fraction < 1) return;
    last = whole;
    emit({ type: 'progress', progress: { label, fraction: whole } });
  };
}
