import { mkdtempSync, rmSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../checkpoint/errors';
import { checkRange } from '../../checkpoint/range';
import type { Scratch, ScratchFile } from '../../checkpoint/scratch';
import { withSinkErrors } from '../../checkpoint/sink-errors';

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
    const folder = mkdtempSync(join(tmpdir(), 'interlayer-'));
    // Also after an error: nobody could find these files again.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return (this.#folder = folder);
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
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, offset);
      if (bytesRead === length) return buffer;
      throw new SourceError(
        `${this.#path}: expected ${length} bytes at ${offset}, got ${bytesRead}. Make the new blocks again.`,
      );
    } finally {
      await handle.close();
    }
  }

  remove(): Promise<void> {
    return rm(this.#path, { force: true });
  }
}
