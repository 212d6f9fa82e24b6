import type { Tensor } from '../backend/operations';
import type { Block } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import type { Band, WeightSource } from '../llama/weights';

/** A model's weights with some of those outside the blocks in place of its own. */
export class Overlay implements WeightSource {
  readonly config: LlamaConfig;
  readonly embedding: readonly Band[];
  readonly head: readonly Band[];
  readonly #base: WeightSource;
  readonly #bands: ReadonlyMap<Band, Tensor>;
  readonly #finalNorm: Tensor | undefined;

  /** `bands` are the base's own, those of a tied matrix once; what is given stays the caller's. */
  constructor(base: WeightSource, bands: ReadonlyMap<Band, Tensor>, finalNorm: Tensor | undefined) {
    this.config = base.config;
    this.embedding = base.embedding;
    this.head = base.head;
    this.#base = base;
    this.#bands = bands;
    this.#finalNorm = finalNorm;
  }

  block(index: number, signal?: AbortSignal): Promise<Block> {
    return this.#base.block(index, signal);
  }

  release(index: number): void {
    this.#base.release(index);
  }

  async withBand<T>(band: Band, use: (rows: Tensor) => T, signal?: AbortSignal): Promise<T> {
    const own = this.#bands.get(band);
    return own ? use(own) : this.#base.withBand(band, use, signal);
  }

  async withFinalNorm<T>(use: (gain: Tensor) => T, signal?: AbortSignal): Promise<T> {
    return this.#finalNorm ? use(this.#finalNorm) : this.#base.withFinalNorm(use, signal);
  }
}
