import { browserThreads } from '../backend/wasm/thread-browser';
import { PickedZip, zipAmong } from '../checkpoint/picked-zip';
import { FileListFiles, filesAt } from '../checkpoint/sources';
import { DirectorySink, ZipSink } from '../checkpoint/sinks';
import { openBackend } from './environment/backends';
import type { Environment } from './environment/environment';
import { storedChoices } from './environment/stored-choices';
import { RequestError } from './jobs/errors';
import { fetchedText } from './environment/fetched-text';
import { isShippedText, shippedTextFile, textMissing } from './environment/texts';
import { OpfsByteStore } from './environment/opfs-byte-store';
import { OpfsScratch } from './environment/opfs-scratch';

const byteStore = new OpfsByteStore();
const scratch = new OpfsScratch();

/** The environment of a browser, in a worker or on the main thread. */
export const browserEnvironment: Environment = {
  byteStore,
  scratch,

  openBackend: (kind) =>
    openBackend(kind, async () => globalThis.navigator?.gpu, browserThreads(), storedChoices(byteStore)),

  files(source) {
    if (source.kind === 'files') {
      const zip = zipAmong(source.files);
      return zip ? new PickedZip(zip, source.name) : new FileListFiles(source.files, source.name);
    }
    return filesAt(source.url, source.name === undefined ? {} : { name: source.name });
  },

  // Loaded on demand, because the shipped model does not need it.
  keptFolders: async () => new (await import('./environment/opfs-folders')).OpfsFolders(),

  async text(name, corpus, signal) {
    if (!isShippedText(name) || corpus === undefined) throw textMissing(name);
    return fetchedText(new URL(shippedTextFile(name), corpus).href, signal);
  },

  async destination(place, name) {
    if (place.kind === 'directory') return { sink: new DirectorySink(place.handle, name) };
    if (place.kind === 'zip') {
      const sink = new ZipSink(name);
      return { sink, blob: async () => sink.blob };
    }
    throw new RequestError('export: expected a picked folder or a download, got a path. Choose one of them.');
  },
};
