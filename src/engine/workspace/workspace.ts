// What jobs work on: one device, the open model with its weights, and caches. This room knows no job and no algorithm: a job
// that caches something exports a `CacheKey` from its own file. Of the engine it imports jobs and environment.

import type { Backend } from '../../backend/operations';
import type { Scratch } from '../../checkpoint/scratch';
import { Weights } from '../../llama/weights';
import { type BackendChoice, chooseBackend } from '../environment/backends';
import type { Environment } from '../environment/environment';
import { RequestError } from '../jobs/errors';
import type { BackendSummary } from '../jobs';
import type { OpenModel } from './open-model';
import type { ByteStore } from '../environment/byte-store';

type TextSource = (name: string, signal: AbortSignal | undefined) => Promise<string>;

/**
 * Identifies a cache in a workspace, and defines how it is created and cleared. The job that uses the cache exports the key;
 * the workspace creates the cache on first use and owns it.
 */
export interface CacheKey<Cache, Carried = undefined> {
  /** @param carried result of `carry` for the cache of a lost device, if there was one. */
  make(workspace: Workspace, carried?: Carried): Cache;
  /** Frees everything that can be recomputed. The cache stays in use. */
  clear(cache: Cache): void;
  /** Returns what the next device's cache starts with after a device loss; nothing on the device. */
  carry?(cache: Cache): Carried;
}

/** One device with its model and caches. It is replaced as a whole when the device is lost. */
export class Workspace {
  readonly backend: Backend;
  readonly summary: BackendSummary;
  /** Reads the text that a recipe names. */
  readonly text: TextSource;
  /** Stores the states of trainings. */
  readonly byteStore: ByteStore;
  /** Temporary files, where the platform has them. */
  readonly scratch: Scratch | undefined;
  readonly #model: OpenModel | undefined;
  readonly #caches = new Map<CacheKey<unknown, unknown>, unknown>();
  #weights: Weights | undefined;

  private constructor(
    opened: Pick<Workspace, 'backend' | 'summary' | 'text' | 'byteStore' | 'scratch'>,
    model: OpenModel | undefined,
    lost?: Workspace,
  ) {
    this.backend = opened.backend;
    this.summary = opened.summary;
    this.text = opened.text;
    this.byteStore = opened.byteStore;
    this.scratch = opened.scratch;
    this.#model = model;
    for (const [key, cache] of lost ? lost.#caches : [])
      if (key.carry) this.#caches.set(key, key.make(this, key.carry(cache)));
  }

  static async open(
    environment: Environment,
    choice: BackendChoice,
    model: OpenModel | undefined,
    corpus?: string,
  ): Promise<Workspace> {
    const text: TextSource = (name, signal) => environment.text(name, corpus, signal);
    const { byteStore, scratch } = environment;
    return new Workspace({ ...(await chooseBackend(environment, choice)), text, byteStore, scratch }, model);
  }

  /**
   * Returns a workspace on a new device in place of this lost one, with what its caches carry over. The new device is of the
   * same kind, or opening fails, because CPU results must not be shown as GPU results.
   */
  async reopen(environment: Environment): Promise<Workspace> {
    const opened = await chooseBackend(environment, this.summary.kind);
    this.close();
    const { text, byteStore, scratch } = this;
    return new Workspace({ ...opened, text, byteStore, scratch }, this.#model, this);
  }

  /** Returns the cache of `key`, created on first use and owned by the workspace. */
  get<Cache, Carried>(key: CacheKey<Cache, Carried>): Cache {
    if (!this.#caches.has(key)) this.#caches.set(key, key.make(this));
    return this.#caches.get(key) as Cache;
  }

  /** @throws RequestError if no model is open. */
  get model(): OpenModel {
    if (this.#model) return this.#model;
    throw new RequestError('expected an open model, got none: open one first');
  }

  /** The open model's weights, created on first use. */
  get weights(): Weights {
    const { checkpoint, config } = this.model;
    this.#weights ??= new Weights(this.backend, checkpoint, config);
    return this.#weights;
  }

  /** Frees all that can be recomputed from the files: every cache, then the weights. */
  clear(): void {
    for (const [key, cache] of this.#caches) key.clear(cache);
    this.#weights?.free();
    this.#weights = undefined;
  }

  /** Frees the device. Jobs that still use it fail. */
  close(): void {
    this.backend.dispose();
  }

  /** Returns a workspace with the same device and another model. This one must not be used any more. */
  withModel(model: OpenModel): Workspace {
    this.clear();
    return new Workspace(this, model);
  }
}
