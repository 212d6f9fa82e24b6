import type { KeptFolders } from '../../checkpoint/hub/kept-folders';
import { writeOpfsFile } from './opfs-file';

const ROOT = 'interlayer-hub';

/** Folders in the origin private file system. */
export class OpfsFolders implements KeptFolders {
  async list(folder: string): ReturnType<KeptFolders['list']> {
    const handle = await this.#folder(folder, false);
    if (handle === undefined) return [];
    const entries: { name: string; size: number; isFolder: boolean }[] = [];
    for await (const [name, entry] of handle.entries()) {
      const isFolder = entry.kind === 'directory';
      entries.push({
        name,
        size: isFolder ? 0 : (await (entry as FileSystemFileHandle).getFile()).size,
        isFolder,
      });
    }
    return entries;
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const [folder, name] = parted(path);
    const handle = await (await this.#folder(folder, false))?.getFileHandle(name).catch(missing);
    const file = await handle?.getFile();
    return file && new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const [folder, name] = parted(path);
    const handle = await this.#folder(folder, true);
    if (handle !== undefined) await writeOpfsFile(handle, name, bytes);
  }

  async remove(folder: string): Promise<void> {
    const root = await this.#folder('', false);
    await root?.removeEntry(folder, { recursive: true }).catch(missing);
  }

  async free(): Promise<number | undefined> {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? undefined : quota - usage;
  }

  /** Returns a folder below the root; undefined if it does not exist and is not to be created. */
  async #folder(path: string, create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
    let handle: FileSystemDirectoryHandle | undefined = await navigator.storage.getDirectory();
    for (const name of [ROOT, ...path.split('/')].filter(Boolean)) {
      handle = await handle?.getDirectoryHandle(name, { create }).catch(missing);
    }
    return handle;
  }
}

function parted(path: string): [folder: string, name: string] {
  const cut = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)];
}

/** Returns undefined for what is not there. */
function missing(error: unknown): undefined {
  if (error instanceof Error && error.name === 'NotFoundError') return undefined;
  throw error;
}
