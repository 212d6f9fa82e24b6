import { nodeThreads } from '../backend/wasm/thread-node';
import { openDawn } from '../backend/webgpu/node';
import { ZipSink } from '../checkpoint/sinks';
import type { FileSet, FileSink } from '../checkpoint/source';
import { openBackend } from './environment/backends';
import type { Environment } from './environment/environment';
import { RequestError } from './jobs/errors';
import { MemoryShelf } from './environment/shelf';
import { isShippedText, shippedTextFile, textMissing } from './environment/texts';

const CORPUS = new URL('../../public/corpus/', import.meta.url);

/** Node: folders on disk are opened by file: addresses and written by path. */
export class NodeEnvironment implements Environment {
  readonly shelf = new MemoryShelf();
  readonly #folders: Folders;
  readonly #texts = new Map<string, string>();
  #gpu: Promise<GPU> | undefined;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  openBackend(kind: 'webgpu' | 'cpu'): ReturnType<Environment['openBackend']> {
    // Loaded once and only when asked for: it takes a while, and keeps the process alive as long as it is held.
    return openBackend(kind, () => (this.#gpu ??= openDawn()), nodeThreads());
  }

  files(source: Parameters<Environment['files']>[0]): FileSet {
    if (source.kind === 'url' && source.url.startsWith('file:')) return this.#folders.files(source.url);
    throw new RequestError(
      'expected a model in a folder, got an address or picked files. Give the path of a folder.',
    );
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

  /** Has a text at hand under its name in recipes. */
  offer(name: string, text: string): void {
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

  /** Lets go of WebGPU, so that the process can end. */
  release(): void {
    this.#gpu = undefined;
  }
}

/** How folders on disk are read and written. */
export interface Folders {
  /** @param url a file: address. */
  files(url: string): FileSet;
  sink(path: string): FileSink;
  /** @param url a file: address. */
  text(url: string): Promise<string>;
}
