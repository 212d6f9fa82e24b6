import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeptFolders } from '../../checkpoint/hub/kept-folders';
import { readDiskRange } from './disk-range';
import { cacheFolder } from './file-choices';
import { writeWhole } from './write-whole';

/** Folders on disk, by default those that the command line keeps downloads in. */
export class DiskFolders implements KeptFolders {
  readonly root: string;

  constructor(root = join(cacheFolder(), 'interlayer', 'hub')) {
    this.root = root;
  }

  async list(folder: string): ReturnType<KeptFolders['list']> {
    const path = join(this.root, folder);
    const entries = await readdir(path, { withFileTypes: true }).catch(missing([]));
    const known = entries.map(async (entry) => {
      const isFolder = entry.isDirectory();
      const size = isFolder ? 0 : await stat(join(path, entry.name)).then((found) => found.size, missing(0));
      return { name: entry.name, size, isFolder };
    });
    return Promise.all(known);
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = await open(join(this.root, path)).catch(missing(undefined));
    if (file === undefined) return undefined;
    try {
      return await readDiskRange(
        file,
        offset,
        Math.min(length, Math.max(0, (await file.stat()).size - offset)),
      );
    } finally {
      await file.close();
    }
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeWhole(target, bytes);
  }

  async remove(folder: string): Promise<void> {
    await rm(join(this.root, folder), { recursive: true, force: true });
  }

  /** Returns the bytes that are free on the disk. */
  async free(): Promise<number | undefined> {
    const found = await statfs(this.root).catch(missing(undefined));
    return found && found.bavail * found.bsize;
  }
}

/** Returns `instead` for a file that is not there. */
function missing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    throw error;
  };
}
