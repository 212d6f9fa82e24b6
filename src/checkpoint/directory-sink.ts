import { SinkError } from './errors';
import { sinking } from './sink-failure';
import type { FileSink, FileWriter } from './source';

/**
 * A new folder in a directory that a person picked. The platform holds each file's bytes back until it is closed; since
 * config.json comes last, a folder left by a crash does not open as a model. A folder of that name must be empty.
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

  /** @throws SinkError when the folder is not empty, permission or space is missing, the name cannot be used. */
  async create(name: string): Promise<FileWriter> {
    return sinking(`create ${this.#name}/${name}`, async () => {
      const folder = (this.#folder ??= await this.#prepare());
      const handle = await folder.getFileHandle(name, { create: true });
      this.#madeFiles.push(name);
      const stream = await handle.createWritable();
      this.#open.add(stream);
      return {
        write: (bytes) => sinking(`write ${this.#name}/${name}`, () => stream.write(unshared(bytes))),
        close: () =>
          sinking(`write ${this.#name}/${name}`, async () => {
            await stream.close();
            this.#open.delete(stream);
          }),
      };
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
    // Not recursive: if anything else was put there meanwhile, it stays.
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

/** Streams of the platform refuse shared memory. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** Cleaning up goes as far as it can; the failure that led to it is what people are told. */
function ignore(): void {}
