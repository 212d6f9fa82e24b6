import { SourceError } from './errors';

/**
 * Returns zeroed memory for bytes that are going to be read.
 * @param name of the file, for the message.
 * @throws SourceError if there is not so much memory, because the file is large or claims to be.
 */
export function allocated(name: string, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new SourceError(
      `${name}: expected memory for ${length} bytes, got none. Close other programs, or open a smaller model.`,
      { cause },
    );
  }
}
