import { SourceError } from './errors';
import { isGguf } from './names';
import { checkRange } from './range';
import type { ByteSource, FileSet } from './source';
import type { RequestOptions } from './request';
import { UrlFiles } from './url';

/** Bytes in memory. */
export class MemorySource implements ByteSource {
  readonly name: string;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, name: string) {
    this.name = name;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  /** Returns a copy, which the caller may keep, change or transfer. */
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    return this.#bytes.slice(offset, offset + length);
  }
}

/** A File that the user picked, or any Blob. */
export class BlobSource implements ByteSource {
  readonly name: string;
  readonly #blob: Blob;

  constructor(blob: Blob, name: string) {
    this.name = name;
    this.#blob = blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SourceError(
        `${this.name}: expected ${length} bytes at ${offset}, got none (${reason}). If the file was changed or moved since it was picked, pick it again; otherwise free some memory.`,
        { cause },
      );
    }
    signal?.throwIfAborted();
    if (bytes.byteLength !== length) {
      throw new SourceError(
        `${this.name}: expected ${length} bytes at ${offset}, got ${bytes.byteLength}. Pick the file again.`,
      );
    }
    return bytes;
  }
}

/** Files in memory, by name. */
export class MemoryFiles implements FileSet {
  readonly name: string;
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(files: ReadonlyMap<string, Uint8Array>, name = 'memory') {
    this.name = name;
    this.#files = files;
  }

  async open(name: string): Promise<ByteSource | undefined> {
    const bytes = this.#files.get(name);
    return bytes && new MemorySource(bytes, name);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#files.keys()];
  }
}

/** Files that the user picked or dropped: single files, or one folder (without its subfolders). */
export class FileListFiles implements FileSet {
  readonly name: string;
  readonly #files = new Map<string, File>();

  constructor(files: readonly File[], name: string) {
    this.name = name;
    for (const file of files) {
      const folders = (file.webkitRelativePath ?? '').split('/').length - 1;
      if (folders <= 1) this.#files.set(file.name, file);
    }
  }

  async open(name: string): Promise<ByteSource | undefined> {
    const file = this.#files.get(name);
    return file && new BlobSource(file, name);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#files.keys()];
  }
}

/** One file of a folder, as if it were alone in it. */
export class OneFile implements FileSet {
  readonly name: string;
  readonly #folder: FileSet;
  readonly #file: string;

  /** @param file name of a file in `folder`. */
  constructor(folder: FileSet, file: string) {
    this.name = file;
    this.#folder = folder;
    this.#file = file;
  }

  get transfer(): FileSet['transfer'] {
    return this.#folder.transfer;
  }

  async open(name: string, signal?: AbortSignal): Promise<ByteSource | undefined> {
    return name === this.#file ? this.#folder.open(name, signal) : undefined;
  }

  async list(): Promise<readonly string[]> {
    return [this.#file];
  }
}

/**
 * Returns the files below an address, or only the file at an address that ends in `.gguf`.
 * @throws SourceError if it is not an http or https URL.
 */
export function filesAt(url: string, options: RequestOptions & { readonly name?: string } = {}): FileSet {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  if (!isGguf(path)) return new UrlFiles(url, options);
  const folder = new URL('.', url);
  folder.search = new URL(url).search;
  return new OneFile(new UrlFiles(folder.href, options), nameIn(path));
}

function nameIn(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    throw new SourceError(`expected an address in UTF-8, got ${name}. Correct the address.`, { cause });
  }
}
