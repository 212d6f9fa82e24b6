// What the engine needs from its platform: backends and the choice of one, files, texts, storage. `../browser.ts` and
// `../node.ts` implement it. Of the engine this room imports only jobs; nothing here knows an open model.

import type { Backend } from '../../backend/operations';
import type { Scratch } from '../../checkpoint/scratch';
import type { Hash } from '../../checkpoint/sha256';
import type { KeptFolders } from '../../checkpoint/hub/kept-folders';
import type { FileSet, FileSink } from '../../checkpoint/source';
import type { ExportRequest, HubSource, OpenSource } from '../jobs';
import type { ByteStore } from './byte-store';

/** Everything that differs between a browser and Node. */
export interface Environment {
  /** Stores the states of trainings. */
  readonly byteStore: ByteStore;
  /** Temporary files, where the platform has them. */
  readonly scratch?: Scratch;
  /** @throws NoAdapterError if `kind` is `webgpu` and there is no adapter. */
  openBackend(kind: 'webgpu' | 'cpu'): Promise<Backend>;
  /** @throws RequestError for a source that this environment cannot read. */
  files(source: Exclude<OpenSource, HubSource>): FileSet;
  /** Returns where parts of models from Hubs are kept. */
  keptFolders(): Promise<KeptFolders>;
  /**
   * Returns the text that a recipe names, for activations.
   * @param corpus URL of the folder of shipped texts, if known.
   * @throws RequestError if the text is not available.
   */
  text(name: string, corpus: string | undefined, signal: AbortSignal | undefined): Promise<string>;
  /** Starts a SHA-256 that the platform computes, if it can hash bytes that come in pieces. */
  newHash?(): Hash;
  /** @throws SinkError if nothing can be written there. */
  destination(place: ExportRequest['destination'], name: string): Promise<Destination>;
}

/** Where an export is written. */
interface Destination {
  readonly sink: FileSink;
  /** Returns the file to download, once everything is written. */
  readonly blob?: () => Promise<Blob>;
}
