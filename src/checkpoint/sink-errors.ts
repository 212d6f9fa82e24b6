import { SinkError } from './errors';

/** Next step for the user, by name of a DOMException or code of a Node error. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  QuotaExceededError:
    'The disk, or the share of it a page may use, is full: free some space and export again.',
  ENOSPC: 'The disk is full: free some space and export again.',
  EDQUOT: 'The disk quota is used up: free some space and export again.',
  NotAllowedError: 'Writing was not permitted: export again and allow it, or choose another folder.',
  SecurityError: 'Writing was not permitted: choose another folder.',
  NoModificationAllowedError: 'Another program holds the file: close it and export again.',
  EACCES: 'There is no permission to write there: choose another folder.',
  EPERM: 'There is no permission to write there: choose another folder.',
  EROFS: 'The file system is read-only: choose another folder.',
  ENOTDIR: 'A part of the path is a file: choose another folder.',
  EEXIST: 'Something of that name is there already: choose another name.',
  ENOTEMPTY: 'Something was put into the folder meanwhile: choose another name.',
  TypeMismatchError: 'A file of that name is there already: choose another name.',
  RangeError: 'There was not enough memory: export to a folder instead.',
  TypeError: 'The name cannot be used there: choose another name.',
};

/**
 * Converts a platform's write error to the SinkError that users see. Returns SinkErrors and AbortErrors unchanged.
 * @param doing the attempted action, for example `write model.safetensors`.
 */
export function toSinkError(error: unknown, doing: string): unknown {
  if (error instanceof SinkError) return error;
  if (!(error instanceof Error)) return new SinkError(`could not ${doing}: ${String(error)}. Export again.`);
  if (error.name === 'AbortError') return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const next = NEXT_STEPS[code] ?? 'Export again, or choose another folder.';
  return new SinkError(`expected to ${doing}, got ${code} (${error.message}). ${next}`, { cause: error });
}

/** Runs `work` and converts its errors by `toSinkError`. */
export async function withSinkErrors<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSinkError(error, doing);
  }
}
