import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { SinkError, SourceError } from '../checkpoint/errors';
import { isPlainFileName } from '../checkpoint/names';
import { checkRange } from '../checkpoint/range';
import { withSinkErrors } from '../checkpoint/sink-errors';
import type { ByteSource, FileSet, FileSink, FileWriter } from '../checkpoint/source';
import { readDiskRange } from '../engine/environment/disk-range';
import { removeAbandoned } from '../engine/environment/temporary-files';

/** A file on disk. It is opened for each read, so that nothing has to be closed. */
class DiskSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #path: string;
  readonly #modified: number;

  constructor(path: string, size: number, modified: number) {
    this.name = basename(path);
    this.size = size;
    this.#path = path;
    this.#modified = modified;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    const file = await withSourceError(this.#path, () => open(this.#path));
    try {
      const { size, mtimeMs } = await file.stat();
      if (size !== this.size || mtimeMs !== this.#modified) {
        throw new SourceError(
          `${this.#path}: expected the ${this.size} bytes it had when opened, got ${size}, changed since. Open the model again.`,
        );
      }
      const bytes = await withSourceError(this.#path, () => readDiskRange(file, offset, length, signal));
      if (bytes.length === length) return bytes;
      throw new SourceError(
        `${this.#path}: expected ${length} bytes at ${offset}, got ${bytes.length}: the file shrank. Open the model again.`,
      );
    } finally {
      await file.close();
    }
  }
}

/** A model in a folder on disk. */
export class FolderFiles implements FileSet {
  readonly name: string;
  readonly #path: string;

  constructor(path: string) {
    this.#path = resolve(path);
    this.name = basename(this.#path);
  }

  /** Returns undefined if there is no such file. @throws SourceError if it cannot be read. */
  async open(name: string): Promise<ByteSource | undefined> {
    if (!isPlainFileName(name)) return undefined;
    const path = join(this.#path, name);
    return withSourceError(path, async () => {
      const file = await open(path).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      });
      if (file === undefined) return undefined;
      try {
        const stat = await file.stat();
        return stat.isFile() ? new DiskSource(path, stat.size, stat.mtimeMs) : undefined;
      } finally {
        await file.close();
      }
    });
  }

  /** @throws SourceError if there is no such folder. */
  async list(): Promise<readonly string[]> {
    return (await withSourceError(this.#path, () => readdir(this.#path))).sort();
  }
}

/**
 * Writes a new folder on disk. Files are written into a folder `….partial-…` beside it, which `commit` renames; those of
 * processes that were killed are removed. An existing folder is replaced if it is empty, otherwise refused.
 */
export class FolderSink implements FileSink {
  readonly #path: string;
  #partial: string | undefined;
  /** Outermost parent folder that was created. */
  #madeParent: string | undefined;
  readonly #open = new Set<FileHandle>();

  constructor(path: string) {
    this.#path = resolve(path);
  }

  /** @throws SinkError if the folder is not empty, or permission or space is missing. */
  async create(name: string): Promise<FileWriter> {
    const doing = `write ${join(this.#path, name)}`;
    return withSinkErrors(doing, async () => {
      const partial = (this.#partial ??= await this.#prepare());
      const file = await open(join(partial, name), 'wx');
      this.#open.add(file);
      return {
        write: (bytes) => withSinkErrors(doing, () => writeAll(file, bytes)),
        close: () =>
          withSinkErrors(doing, async () => {
            // Otherwise the rename could survive a power cut that loses the bytes.
            await file.datasync();
            this.#open.delete(file);
            await file.close();
          }),
      };
    });
  }

  async finish(): Promise<FileSet> {
    return new FolderFiles((this.#partial ??= await this.#prepare()));
  }

  async commit(): Promise<void> {
    await withSinkErrors(`put ${this.#path} in place`, async () => {
      const partial = (this.#partial ??= await this.#prepare());
      const target = await entries(this.#path).then((found) => (found ? realpath(this.#path) : this.#path));
      // Removes an empty folder only.
      await rmdir(target).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      await rename(partial, target);
      this.#partial = undefined;
      this.#madeParent = undefined;
    });
  }

  async abort(): Promise<void> {
    for (const file of this.#open) await file.close().catch(ignore);
    this.#open.clear();
    if (this.#partial !== undefined) await rm(this.#partial, { recursive: true, force: true });
    this.#partial = undefined;
    const made = this.#madeParent;
    this.#madeParent = undefined;
    if (made === undefined) return;
    for (let folder = dirname(this.#path); folder.length >= made.length; folder = dirname(folder)) {
      await rmdir(folder).catch(ignore);
    }
  }

  async #prepare(): Promise<string> {
    const found = await entries(this.#path);
    if (found !== undefined && found.length > 0) {
      throw new SinkError(
        `expected a new or empty folder ${this.#path}, got one that holds ${found[0]}. Choose another folder, or empty it.`,
      );
    }
    this.#madeParent = await mkdir(dirname(this.#path), { recursive: true });
    // With the computer's name, because another one that shares the folder has processes of its own.
    const prefix = `${this.#path}.partial-${hostname()}-`;
    removeAbandoned(dirname(this.#path), basename(prefix));
    const partial = `${prefix}${process.pid}-${randomUUID().slice(0, 8)}`;
    await mkdir(partial);
    return partial;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at);
    at += bytesWritten;
  }
}

/** Returns the names in a folder, or undefined if there is none. */
async function entries(path: string): Promise<string[] | undefined> {
  return readdir(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

async function withSourceError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new SourceError(`${path}: expected a file that can be read, got ${code}. ${nextStep(code)}`, {
      cause: error,
    });
  }
}

function nextStep(code: string): string {
  if (code === 'ENOENT') return 'There is no such file or folder: check the path.';
  if (code === 'ENOTDIR') return 'A part of the path is a file: give the folder that holds config.json.';
  if (code === 'EACCES' || code === 'EPERM')
    return 'There is no permission to read it: change that, or copy the files.';
  return 'Check the disk and try again.';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function ignore(): void {}
