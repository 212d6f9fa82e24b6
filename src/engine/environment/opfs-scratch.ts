import { SinkError } from '../../checkpoint/errors';
import type { Scratch, ScratchFile } from '../../checkpoint/scratch';
import { withSinkErrors } from '../../checkpoint/sink-errors';
import { BlobSource } from '../../checkpoint/sources';
import { writeOpfsFile } from './opfs-file';

const FOLDER = 'interlayer-scratch';

/**
 * Temporary files in the origin private file system, in a folder of this page. Each page holds a lock on its folder for as long
 * as it lives, so that the next page can remove folders that were left behind.
 */
export class OpfsScratch implements Scratch {
  #folder: Promise<FileSystemDirectoryHandle> | undefined;
  #written = 0;

  constructor() {
    // Nothing depends on it: without such storage, or without such a folder, there is nothing to remove.
    removeAbandoned().catch(() => undefined);
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<ScratchFile> {
    const name = `tensor-${++this.#written}`;
    return withSinkErrors(`keep ${Math.ceil(bytes.length / 2 ** 20)} MiB of a new block`, async () => {
      const folder = await this.#open();
      const handle = await writeOpfsFile(folder, name, bytes);
      return new OpfsFile(folder, await handle.getFile(), name);
    });
  }

  #open(): Promise<FileSystemDirectoryHandle> {
    this.#folder ??= openFolder().catch((error: unknown) => {
      this.#folder = undefined;
      throw error;
    });
    return this.#folder;
  }
}

class OpfsFile extends BlobSource implements ScratchFile {
  readonly #folder: FileSystemDirectoryHandle;

  constructor(folder: FileSystemDirectoryHandle, file: File, name: string) {
    super(file, name);
    this.#folder = folder;
  }

  async remove(): Promise<void> {
    await this.#folder.removeEntry(this.name).catch(() => undefined);
  }
}

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory().catch((cause: unknown) => {
    throw new SinkError(
      'expected private storage for new blocks that do not fit into memory together, got none. Leave the private window, or make fewer blocks.',
      { cause },
    );
  });
  const all = await root.getDirectoryHandle(FOLDER, { create: true });
  const id = crypto.randomUUID();
  await new Promise<void>((held, denied) => {
    const hold = (): Promise<void> => {
      held();
      return new Promise(() => undefined);
    };
    navigator.locks.request(lockOf(id), hold).catch(denied);
  });
  return all.getDirectoryHandle(id, { create: true });
}

/** Removes the folders of pages that are closed. */
async function removeAbandoned(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(FOLDER);
  for await (const name of all.keys())
    await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
      if (lock) await all.removeEntry(name, { recursive: true });
    });
}

const lockOf = (folder: string): string => `interlayer scratch ${folder}`;
