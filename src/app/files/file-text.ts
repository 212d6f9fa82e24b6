import { LegibleError } from '../../legible';

/** A file that was picked or dropped is not a text, or too large. */
class FileTextError extends LegibleError {
  override name = 'FileTextError';
}

/** Largest text to train or evaluate on, in bytes; browsers hold no string much longer. */
export const MAX_TEXT_BYTES = 256 * 2 ** 20;
/** Largest file of results, in bytes. */
export const MAX_RESULTS_BYTES = 64 * 2 ** 20;

/**
 * Reads a file that was picked or dropped as text.
 * @param most its largest size in bytes; a larger file is not read.
 * @param what what it should be, for example `a lesson`.
 * @throws FileTextError if it is larger, cannot be read, or is not UTF-8.
 */
export async function fileText(file: File, most: number, what: string): Promise<string> {
  if (file.size > most) throw refused(file, `${what} of at most ${size(most)}`, size(file.size));
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch (cause) {
    throw refused(file, `${what} that can be read`, cause instanceof Error ? cause.message : 'none', cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refused(file, `${what} as text in UTF-8`, 'other bytes', cause);
  }
}

const size = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;

const refused = ({ name }: File, expected: string, got: string, cause?: unknown): FileTextError =>
  new FileTextError(`${name}: expected ${expected}, got ${got}. Choose another file.`, { cause });
