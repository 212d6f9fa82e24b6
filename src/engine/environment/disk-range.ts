import type { FileHandle } from 'node:fs/promises';
import { allocated } from '../../checkpoint/allocated';

/** pread takes at most 2³¹ − 1 bytes at once. */
const MOST = 2 ** 30;

/** Reads `length` bytes from `offset` of an open file; fewer if it ends before. @throws the error of the file
 * system; SourceError without memory. */
export async function readDiskRange(
  file: FileHandle,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = allocated('the file', length);
  let filled = 0;
  while (filled < length) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(bytes, filled, Math.min(length - filled, MOST), offset + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}
