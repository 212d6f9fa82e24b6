import type { JobFailure } from '../../../engine/jobs';

/** True for a cancelled job: nothing went wrong, nobody needs to be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Any thrown thing as a failure that can be shown. Messages of the engine already name a next step. */
export function toFailure(error: unknown): JobFailure {
  if (error instanceof Error) return { name: error.name, message: error.message || error.name };
  return { name: 'Error', message: String(error) };
}
