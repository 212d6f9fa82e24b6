import type { JobFailure } from '../../../engine/jobs';

/** True if the job was cancelled, which is not shown as an error. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Converts any thrown value to a failure for display. Messages of the engine already say what to do next. */
export function toFailure(error: unknown): JobFailure {
  if (error instanceof Error) return { name: error.name, message: error.message || error.name };
  return { name: 'Error', message: String(error) };
}
