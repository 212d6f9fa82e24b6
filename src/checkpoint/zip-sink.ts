import { Channel } from './channel';
import { unshared } from './directory-sink';
import { SinkError } from './errors';
import { withSinkErrors } from './sink-errors';
import type { FileSet, FileSink, FileWriter } from './source';
import { BlobSource } from './sources';
import { ZipFiles } from './zip-files';
import { type ZipTarget, openTarget } from './zip-target';

interface Entry {
  readonly name: string;
  readonly input: AsyncIterable<Uint8Array>;
}

/** A zip that is being written. */
interface Zip {
  readonly entries: Channel<Entry>;
  readonly target: ZipTarget;
  /** Resolves when all bytes are written; rejects if writing fails. */
  readonly written: Promise<void>;
}

/**
 * Writes a checkpoint as one zip for download, with all files in one folder. It is not compressed, because weights hardly
 * compress. Bytes go to the origin private file system if available, else to memory. Files are written one after the other.
 */
export class ZipSink implements FileSink {
  readonly #folder: string;
  readonly #storage: StorageManager | undefined;
  #zip: Promise<Zip> | undefined;
  #current: Channel<Uint8Array> | undefined;
  #blob: Blob | undefined;
  #committed = false;

  /** @param storage store of large downloads. Default: the browser's. */
  constructor(folderName: string, storage: StorageManager | undefined = globalThis.navigator?.storage) {
    this.#folder = folderName;
    this.#storage = storage;
  }

  /**
   * The finished zip. In the private file system, an export at least a day later deletes it.
   * @throws SinkError before `commit` has resolved.
   */
  get blob(): Blob {
    if (this.#blob === undefined || !this.#committed) {
      throw new SinkError(
        'expected a finished zip, got one that is still being written. Wait for the export.',
      );
    }
    return this.#blob;
  }

  /** @throws SinkError if the previous file is still open, or space is missing. */
  async create(name: string): Promise<FileWriter> {
    if (this.#current !== undefined) {
      throw new SinkError(
        `expected the file before ${name} to be closed, got it open. Write one after the other.`,
      );
    }
    const doing = `write ${name} into the zip`;
    const channel = (this.#current = new Channel<Uint8Array>());
    await withSinkErrors(doing, async () => {
      const zip = await (this.#zip ??= this.#start());
      await zip.entries.put({ name: `${this.#folder}/${name}`, input: channel });
    });
    return {
      write: (bytes) => withSinkErrors(doing, () => channel.put(bytes)),
      close: async () => {
        channel.close();
        this.#current = undefined;
      },
    };
  }

  async finish(): Promise<FileSet> {
    return withSinkErrors('finish the zip', async () => {
      const zip = await (this.#zip ??= this.#start());
      zip.entries.close();
      await zip.written;
      this.#blob = await zip.target.finish();
      return ZipFiles.open(new BlobSource(this.#blob, `${this.#folder}.zip`), this.#folder);
    });
  }

  async commit(): Promise<void> {
    this.#committed = true;
  }

  async abort(): Promise<void> {
    if (this.#committed) return;
    const zip = await this.#zip?.catch(() => undefined);
    const reason = new DOMException('The export was stopped.', 'AbortError');
    this.#current?.fail(reason);
    zip?.entries.fail(reason);
    this.#blob = undefined;
    await zip?.target.discard().catch(() => undefined);
  }

  async #start(): Promise<Zip> {
    const { makeZip } = await import('client-zip');
    const target = await openTarget(this.#storage);
    const entries = new Channel<Entry>();
    const written = pump(makeZip(entries), target);
    written.catch((error: unknown) => {
      this.#current?.fail(error);
      entries.fail(error);
    });
    return { entries, target, written };
  }
}

async function pump(zip: ReadableStream<Uint8Array>, target: ZipTarget): Promise<void> {
  const reader = zip.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    await target.write(unshared(chunk.value));
  }
}
