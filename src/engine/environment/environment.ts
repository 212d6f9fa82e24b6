// What the engine needs of where it runs: backends and the choice of one, files, texts, storage. Browser and Node each provide
// it (`../browser.ts`, `../node.ts`). Imports of the engine only jobs; nothing here knows an open model.

import type { Backend } from '../../backend/operations';
import type { FileSet, FileSink } from '../../checkpoint/source';
import type { ExportRequest, OpenSource } from '../jobs';
import type { ByteStore } from './byte-store';

/** What differs between a browser's worker and Node. */
export interface Environment {
  /** Where the states of trainings are kept. */
  readonly byteStore: ByteStore;
  /** @throws NoAdapterError when `webgpu` is asked for and there is no adapter. */
  openBackend(kind: 'webgpu' | 'cpu'): Promise<Backend>;
  /** @throws RequestError for a source that this environment cannot read. */
  files(source: OpenSource): FileSet;
  /**
   * A text by its name in a recipe, for activations.
   * @param corpus address of the folder of shipped texts, where the page knows it.
   * @throws RequestError for a text that is not at hand.
   */
  text(name: string, corpus: string | undefined, signal: AbortSignal | undefined): Promise<string>;
  /** @throws SinkError when nothing can be written there. */
  destination(place: ExportRequest['destination'], name: string): Promise<Destination>;
}

/** Where an export goes. */
interface Destination {
  readonly sink: FileSink;
  /** What to download, once everything is written. */
  readonly blob?: () => Promise<Blob>;
}
