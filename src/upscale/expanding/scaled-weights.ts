import type { Backend, Tensor } from '../../backend/operations';
import type { LlamaConfig } from '../../llama/config';
import type { Band, WeightSource } from '../../llama/weights';
import type { OuterFactors } from './filters';

/** A model's weights with the embedding, the final norm and the head multiplied by factors, each time they are used. */
export class ScaledWeights implements WeightSource {
  readonly config: LlamaConfig;
  readonly embedding: readonly Band[];
  readonly head: readonly Band[];
  readonly #backend: Backend;
  readonly #base: WeightSource;
  readonly #factors: OuterFactors;

  constructor(backend: Backend, base: WeightSource, factors: OuterFactors) {
    this.config = base.config;
    this.embedding = base.embedding;
    this.head = base.head;
    this.#backend = backend;
    this.#base = base;
    this.#factors = factors;
  }

  block(...args: Parameters<WeightSource['block']>): ReturnType<WeightSource['block']> {
    return this.#base.block(...args);
  }

  release(index: number): void {
    this.#base.release(index);
  }

  withBand<T>(band: Band, use: (rows: Tensor) => T, signal?: AbortSignal): Promise<T> {
    const { embedding, head } = this.#factors;
    const factor = this.embedding.includes(band) ? embedding : head;
    return this.#base.withBand(band, (rows) => this.#scaled(rows, factor, use), signal);
  }

  withFinalNorm<T>(use: (gain: Tensor) => T, signal?: AbortSignal): Promise<T> {
    return this.#base.withFinalNorm((gain) => this.#scaled(gain, this.#factors.finalNorm, use), signal);
  }

  #scaled<T>(tensor: Tensor, factor: number, use: (tensor: Tensor) => T): T {
    if (factor === 1) return use(tensor);
    const scaled = this.#backend.weightedSum(tensor, Math.fround(factor));
    try {
      return use(scaled);
    } finally {
      this.#backend.free(scaled);
    }
  }
}
