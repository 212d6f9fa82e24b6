import type { Tensor } from '../backend/operations';
import type { Block } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import type { Band, WeightSource } from '../llama/weights';

/** Weights of a model with given tensors instead of its own bands of embedding and head, and of its final norm. */
export class WeightOverrides implements WeightSource {
  readonly config: LlamaConfig;
  readonly embedding: readonly Band[];
  readonly head: readonly Band[];
  readonly #base: WeightSource;
  readonly #bands: ReadonlyMap<Band, Tensor>;
  readonly #finalNorm: Tensor | undefined;

  /** Keys of `bands` are the base's bands; bands of a tied matrix are listed once. The caller keeps ownership of all tensors. */
  constructor(base: WeightSource, bands: ReadonlyMap<Band, Tensor>, finalNorm: Tensor | undefined) {
    this.config = base.config;
    this.embedding = base.embedding;
    this.head = base.head;
    this.#base = base;
    this.#bands = bands;
    this.#finalNorm = finalNorm;
  }

  block(index: number, signal?: AbortSignal, only?: readonly string[]): Promise<Block> {
    return this.#base.block(index, signal, only);
  }

  release(index: number, only?: readonly string[]): void {
    this.#base.release(index, only);
  }

  async withBand<T>(band: Band, use: (rows: Tensor) => T, signal?: AbortSignal): Promise<T> {
    const own = this.#bands.get(band);
    return own ? use(own) : this.#base.withBand(band, use, signal);
  }

  async withFinalNorm<T>(use: (gain: Tensor) => T, signal?: AbortSignal): Promise<T> {
    return this.#finalNorm ? use(this.#finalNorm) : this.#base.withFinalNorm(use, signal);
  }
}
