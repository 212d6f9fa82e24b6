import { open, rename, rm } from 'node:fs/promises';

let written = 0;

/**
 * Writes a file that never holds a part of its bytes, whenever the process is killed or the power is cut: they are written to
 * `partial` beside it, which is renamed when they are on the disk. @throws the error of the file system; then nothing is left.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string,
  partial = `${path}.${process.pid}-${written++}.part`,
): Promise<void> {
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}
