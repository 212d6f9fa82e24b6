import { MemoryByteStore, type ByteStore, ByteStoreError } from './byte-store';
import { writeOpfsFile } from './opfs-file';

const FOLDER = 'interlayer';

/** Stores bytes in the origin private file system, or in memory if the browser has none or denies access. */
export class OpfsByteStore implements ByteStore {
  readonly #memory = new MemoryByteStore();
  #folder: Promise<FileSystemDirectoryHandle | undefined> | undefined;

  async read(name: string): Promise<Uint8Array | undefined> {
    const folder = await this.#open();
    if (!folder) return this.#memory.read(name);
    try {
      const file = await (await folder.getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new ByteStoreError(
        `expected to read what was kept as ${name}, got ${reason(error)}. Start it anew, or reload the page.`,
        { cause: error },
      );
    }
  }

  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const folder = await this.#open();
    if (!folder) return this.#memory.write(name, bytes);
    try {
      await this.#writeInto(folder, name, bytes);
      return true;
    } catch (error) {
      throw new ByteStoreError(
        `expected room for ${Math.ceil(bytes.length / 2 ** 20)} MiB in the browser's storage, got ${reason(error)}. Free some space, or export the checkpoint now.`,
        { cause: error },
      );
    }
  }

  async remove(name: string): Promise<void> {
    const folder = await this.#open();
    if (!folder) return this.#memory.remove(name);
    await folder.removeEntry(name).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  async list(): Promise<readonly string[]> {
    const folder = await this.#open();
    if (!folder) return this.#memory.list();
    const names: string[] = [];
    try {
      for await (const name of folder.keys()) names.push(name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return names;
  }

  /** Writes a file. The browser may have removed the folder since it was opened; it is then made again. */
  async #writeInto(
    folder: FileSystemDirectoryHandle,
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    try {
      await writeOpfsFile(folder, name, bytes);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#folder = undefined;
      const again = await this.#open();
      if (!again) throw error;
      await writeOpfsFile(again, name, bytes);
    }
  }

  /** Returns undefined if there is no such storage, as in some private windows. */
  #open(): Promise<FileSystemDirectoryHandle | undefined> {
    this.#folder ??= (async () => {
      try {
        const root = await navigator.storage.getDirectory();
        return await root.getDirectoryHandle(FOLDER, { create: true });
      } catch {
        return undefined;
      }
    })();
    return this.#folder;
  }
}

/** True for the error of a file or folder that is not there. */
const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundError';
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
