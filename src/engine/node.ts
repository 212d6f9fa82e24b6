import { createHash } from 'node:crypto';
import { enableRelaxedSimd } from '../backend/wasm/relaxed-simd-node';
import { nodeThreads } from '../backend/wasm/thread-node';
import { openDawn } from '../backend/webgpu/node';
import type { Hash } from '../checkpoint/sha256';
import { filesAt } from '../checkpoint/sources';
import { ZipSink } from '../checkpoint/sinks';
import type { FileSet, FileSink } from '../checkpoint/source';
import { openBackend } from './environment/backends';
import { DiskFolders } from './environment/disk-folders';
import type { Environment } from './environment/environment';
import { fileChoices } from './environment/file-choices';
import { RequestError } from './jobs/errors';
import { TemporaryFiles } from './environment/temporary-files';
import { MemoryByteStore } from './environment/byte-store';
import { isShippedText, shippedTextFile, textMissing } from './environment/texts';

const CORPUS = new URL('../../public/corpus/', import.meta.url);

/** The environment of Node. Models are read from URLs, file: ones too, and written to paths. */
export class NodeEnvironment implements Environment {
  readonly byteStore = new MemoryByteStore();
  readonly scratch = new TemporaryFiles();
  readonly #folders: Folders;
  readonly #cache: string | undefined;
  readonly #texts = new Map<string, string>();
  #gpu: Promise<GPU> | undefined;

  /** @param cache folder that downloads are kept in; default: one in the user's cache folder. */
  constructor(folders: Folders, cache?: string) {
    this.#folders = folders;
    this.#cache = cache;
  }

  openBackend(kind: 'webgpu' | 'cpu'): ReturnType<Environment['openBackend']> {
    enableRelaxedSimd();
    // Dawn is loaded only on demand and once, because it loads slowly and keeps the process alive while referenced.
    return openBackend(kind, () => (this.#gpu ??= openDawn()), nodeThreads(), fileChoices());
  }

  files(source: Parameters<Environment['files']>[0]): FileSet {
    if (source.kind === 'files')
      throw new RequestError('expected a model in a folder or at an address, got picked files. Give a path.');
    if (source.url.startsWith('file:')) return this.#folders.files(source.url);
    return filesAt(source.url, source.name === undefined ? {} : { name: source.name });
  }

  async keptFolders(): Promise<DiskFolders> {
    return new DiskFolders(this.#cache);
  }

  async destination(
    place: Parameters<Environment['destination']>[0],
    name: string,
  ): ReturnType<Environment['destination']> {
    if (place.kind === 'folder') return { sink: this.#folders.sink(place.path) };
    if (place.kind === 'directory')
      throw new RequestError('export: expected a path, got a folder picked in a browser.');
    const sink = new ZipSink(name);
    return { sink, blob: async () => sink.blob };
  }

  newHash(): Hash {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  }

  /** Registers a text under the name that recipes use for it. */
  provideText(name: string, text: string): void {
    this.#texts.set(name, text);
  }

  async text(name: string): Promise<string> {
    const offered = this.#texts.get(name);
    if (offered !== undefined) return offered;
    if (!isShippedText(name)) throw textMissing(name);
    const text = await this.#folders.text(new URL(shippedTextFile(name), CORPUS).href);
    this.#texts.set(name, text);
    return text;
  }

  /** Drops the reference to WebGPU, so that the process can exit. */
  release(): void {
    this.#gpu = undefined;
  }
}

/** Access to folders on disk. */
export interface Folders {
  /** @param url a file: address. */
  files(url: string): FileSet;
  sink(path: string): FileSink;
  /** @param url a file: address. */
  text(url: string): Promise<string>;
}
