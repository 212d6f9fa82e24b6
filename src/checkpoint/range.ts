import { SourceError } from './errors';
import type { ByteSource } from './source';

/** @throws SourceError if the range is not inside the file. */
export function checkRange(source: ByteSource, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (!whole || offset < 0 || length < 0 || offset + length > source.size) {
    throw new SourceError(
      `${source.name}: expected a range within ${source.size} bytes, got ${length} at ${offset}. The file is not complete: fetch it again.`,
    );
  }
}
