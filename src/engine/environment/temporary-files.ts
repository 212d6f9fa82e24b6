import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../checkpoint/errors';
import { checkRange } from '../../checkpoint/range';
import type { Scratch, ScratchFile } from '../../checkpoint/scratch';
import { withSinkErrors } from '../../checkpoint/sink-errors';
import { readDiskRange } from './disk-range';

const PREFIX = 'interlayer-scratch-';

/** Temporary files in a folder of this process, which is removed when the process ends. */
export class TemporaryFiles implements Scratch {
  #folder: string | undefined;
  #written = 0;

  async write(bytes: Uint8Array): Promise<ScratchFile> {
    const name = `tensor-${++this.#written}`;
    const path = join(this.#open(), name);
    await withSinkErrors(`write ${bytes.length} bytes to ${path}`, () => writeFile(path, bytes));
    return new TemporaryFile(path, name, bytes.length);
  }

  #open(): string {
    if (this.#folder !== undefined) return this.#folder;
    removeAbandoned(tmpdir(), PREFIX);
    const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    // Also after an error: nobody could find these files again.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return (this.#folder = folder);
  }
}

/** Removes files and folders in `folder` whose names are `prefix` and the number of a process that was killed. */
export function removeAbandoned(folder: string, prefix: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // What cannot be listed stays.
  }
  for (const name of names) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (!Number.isNaN(pid) && !isRunning(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is there but cannot be signalled.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

// A class, because a closure made in `write` would keep the bytes in memory.
class TemporaryFile implements ScratchFile {
  readonly name: string;
  readonly size: number;
  readonly #path: string;

  constructor(path: string, name: string, size: number) {
    this.#path = path;
    this.name = name;
    this.size = size;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    const handle = await open(this.#path);
    try {
      const bytes = await readDiskRange(handle, offset, length, signal);
      if (bytes.length === length) return bytes;
      throw new SourceError(
        `${this.#path}: expected ${length} bytes at ${offset}, got ${bytes.length}. Make the new blocks again.`,
      );
    } finally {
      await handle.close();
    }
  }

  remove(): Promise<void> {
    return rm(this.#path, { force: true });
  }
}
