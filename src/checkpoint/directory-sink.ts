import { SinkError } from './errors';
import { withSinkErrors } from './sink-errors';
import type { FileSet, FileSink, FileWriter } from './source';
import { FileListFiles } from './sources';

/**
 * Writes a checkpoint into a new or empty folder of a directory that the user picked. Files become visible when closed, and
 * config.json is the last, so a folder left by a crash does not open as a model.
 */
export class DirectorySink implements FileSink {
  readonly #parent: FileSystemDirectoryHandle;
  readonly #name: string;
  #folder: FileSystemDirectoryHandle | undefined;
  #madeFolder = false;
  readonly #madeFiles: string[] = [];
  readonly #open = new Set<FileSystemWritableFileStream>();
  #committed = false;

  constructor(parent: FileSystemDirectoryHandle, folderName: string) {
    this.#parent = parent;
    this.#name = folderName;
  }

  /** @throws SinkError if the folder is not empty, permission or space is missing, or the name is not valid. */
  async create(name: string): Promise<FileWriter> {
    return withSinkErrors(`create ${this.#name}/${name}`, async () => {
      const folder = (this.#folder ??= await this.#prepare());
      const handle = await folder.getFileHandle(name, { create: true });
      this.#madeFiles.push(name);
      const stream = await handle.createWritable();
      this.#open.add(stream);
      return {
        write: (bytes) => withSinkErrors(`write ${this.#name}/${name}`, () => stream.write(unshared(bytes))),
        close: () =>
          withSinkErrors(`write ${this.#name}/${name}`, async () => {
            await stream.close();
            this.#open.delete(stream);
          }),
      };
    });
  }

  async finish(): Promise<FileSet> {
    return withSinkErrors(`read ${this.#name} back`, async () => {
      const folder = (this.#folder ??= await this.#prepare());
      const files: File[] = [];
      for (const name of this.#madeFiles) files.push(await (await folder.getFileHandle(name)).getFile());
      return new FileListFiles(files, this.#name);
    });
  }

  async commit(): Promise<void> {
    this.#committed = true;
  }

  async abort(): Promise<void> {
    if (this.#committed) return;
    for (const stream of this.#open) await stream.abort().catch(ignore);
    this.#open.clear();
    const folder = this.#folder;
    if (folder === undefined) return;
    this.#folder = undefined;
    for (const name of this.#madeFiles.splice(0)) await folder.removeEntry(name).catch(ignore);
    // Not recursive: files that others added meanwhile stay.
    if (this.#madeFolder) await this.#parent.removeEntry(this.#name).catch(ignore);
  }

  async #prepare(): Promise<FileSystemDirectoryHandle> {
    const found = await this.#parent.getDirectoryHandle(this.#name).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotFoundError') return undefined;
      throw error;
    });
    if (found === undefined) {
      this.#madeFolder = true;
      return this.#parent.getDirectoryHandle(this.#name, { create: true });
    }
    for await (const name of found.keys()) {
      throw new SinkError(
        `expected a new or empty folder ${this.#name}, got one that holds ${name}. Choose another name, or empty it.`,
      );
    }
    return found;
  }
}

/** Returns bytes that are not in shared memory, because the platform's streams refuse that. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** Ignores errors of the clean-up, because the first error is the one to report. */
function ignore(): void {}
