// What a job works on: one device, the open model with its weights, and the caches that jobs keep there. Knows no job and no
// algorithm: a job that keeps something exports a key for it from its own file. Imports of the engine jobs and environment.

import type { Backend } from '../../backend/operations';
import { Weights } from '../../llama/weights';
import { type BackendChoice, chooseBackend } from '../environment/backends';
import type { Environment } from '../environment/environment';
import { RequestError } from '../jobs/errors';
import type { BackendSummary } from '../jobs';
import type { OpenModel } from './open-model';
import type { ByteStore } from '../environment/byte-store';

type TextSource = (name: string, signal: AbortSignal | undefined) => Promise<string>;

/**
 * Names a cache that a job keeps on a workspace, and says how it is made and emptied. The job that owns the cache exports
 * the key; the workspace makes the cache when it is first asked for, and keeps it as long as itself.
 */
export interface CacheKey<Cache, Carried = undefined> {
  /** @param carried what a lost device's cache left, where there was one and the key has `carry`. */
  make(workspace: Workspace, carried?: Carried): Cache;
  /** Frees all that can be made again. The cache stays in use. */
  clear(cache: Cache): void;
  /** What of the cache of a lost device its successor begins with. Nothing that lives on the device. */
  carry?(cache: Cache): Carried;
}

/** What one device works on, and what jobs keep there. When the device is lost the whole of it is replaced. */
export class Workspace {
  readonly backend: Backend;
  readonly summary: BackendSummary;
  /** A text by its name in a recipe. */
  readonly text: TextSource;
  /** Where the states of trainings are kept. */
  readonly byteStore: ByteStore;
  readonly #model: OpenModel | undefined;
  readonly #caches = new Map<CacheKey<unknown, unknown>, unknown>();
  #weights: Weights | undefined;

  private constructor(
    opened: { backend: Backend; summary: BackendSummary; text: TextSource; byteStore: ByteStore },
    model: OpenModel | undefined,
    lost?: Workspace,
  ) {
    this.backend = opened.backend;
    this.summary = opened.summary;
    this.text = opened.text;
    this.byteStore = opened.byteStore;
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
    const { byteStore } = environment;
    return new Workspace({ ...(await chooseBackend(environment, choice)), text, byteStore }, model);
  }

  /**
   * The same on a new device, in place of this lost one, with what its caches carry over. The device is of the same kind, or
   * there is none: numbers must not come from the CPU under the GPU's name.
   */
  async reopen(environment: Environment): Promise<Workspace> {
    const opened = await chooseBackend(environment, this.summary.kind);
    this.close();
    return new Workspace({ ...opened, text: this.text, byteStore: this.byteStore }, this.#model, this);
  }

  /** The cache of a key, made when first asked for. It stays the workspace's. */
  get<Cache, Carried>(key: CacheKey<Cache, Carried>): Cache {
    if (!this.#caches.has(key)) this.#caches.set(key, key.make(this));
    return this.#caches.get(key) as Cache;
  }

  /** @throws RequestError before a model was opened. */
  get model(): OpenModel {
    if (this.#model) return this.#model;
    throw new RequestError('expected an open model, got none: open one first');
  }

  /** The open model's weights, made when first needed. */
  get weights(): Weights {
    const { checkpoint, config } = this.model;
    this.#weights ??= new Weights(this.backend, checkpoint, config);
    return this.#weights;
  }

  /** Frees all that can be made again from the files: every cache, then the weights that they were made from. */
  clear(): void {
    for (const [key, cache] of this.#caches) key.clear(cache);
    this.#weights?.free();
    this.#weights = undefined;
  }

  /** Frees the device. Whatever still works on it fails. */
  close(): void {
    this.backend.dispose();
  }

  /** The same device with another model, or none. The caller goes on with the result alone. */
  withModel(model: OpenModel): Workspace {
    this.clear();
    return new Workspace(this, model);
  }
}
