import type { JobFailure } from './events';

/** A job failed. `name` is the original error's, which may have been thrown in another thread. */
export class JobError extends Error {
  constructor(failure: JobFailure) {
    super(failure.message);
    this.name = failure.name;
  }
}

/** A job was requested in the wrong state, or with arguments that do not fit the open model. */
export class RequestError extends Error {
  override name = 'RequestError';
}

/** The requested alignment is no longer held. */
export class AlignmentGoneError extends Error {
  override name = 'AlignmentGoneError';
}

/** A result is NaN or infinite, and must not be shown as a number. */
class NumericError extends Error {
  override name = 'NumericError';
}

/** The engine's worker died, and its running jobs are lost. The next job starts a new worker. */
export class EngineCrashError extends Error {
  override name = 'EngineCrashError';
}

/** @throws AbortError if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError();
}

export const abortError = (): DOMException => new DOMException('The job was cancelled.', 'AbortError');

export const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';

/** Converts anything thrown to a failure that can be sent to another thread. Its message is never empty. */
export function failureOf(error: unknown): JobFailure {
  if (error instanceof Error || error instanceof DOMException) {
    const message = error.message.trim();
    return { name: error.name || 'Error', message: message || `${error.name || 'Error'} without a message.` };
  }
  return { name: 'Error', message: `Something that is not an error was thrown: ${describe(error)}.` };
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** @throws NumericError naming `what` and the first index that is not a finite number. */
export function expectFinite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new NumericError(
        `${what}: expected finite numbers, got ${values[i]} at index ${i}. Try a larger ε, or the CPU backend to compare.`,
      );
    }
  }
}
