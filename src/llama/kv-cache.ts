import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { LlamaConfig } from './config';
import { ropeTable } from './rope';

/** Keys and values of one block, `[capacity, kvHeads·headDim]`. */
export interface KeysValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Cached keys and values of all blocks for a growing sequence; owns its tensors until `free`. */
export class KvCache {
  readonly capacity: number;
  /** Rotary table for `capacity` positions. */
  readonly rope: Tensor;
  /** Positions filled so far. */
  length = 0;
  readonly #layers: readonly KeysValues[];
  readonly #scope: Scope;

  /** Allocates `capacity` tokens for each of `layers` blocks. */
  constructor(backend: Backend, config: LlamaConfig, layers: number, capacity: number) {
    this.capacity = capacity;
    this.#scope = new Scope(backend, 'activations');
    const shape = [capacity, config.kvHeads * config.headDim];
    try {
      this.rope = this.#scope.own(uploadRope(backend, config, capacity));
      this.#layers = Array.from({ length: layers }, (_, layer) => ({
        keys: this.#scope.own(backend.zeros(shape, `keys ${layer}`)),
        values: this.#scope.own(backend.zeros(shape, `values ${layer}`)),
      }));
    } catch (error) {
      this.#scope.free();
      throw error;
    }
  }

  layer(index: number): KeysValues {
    const layer = this.#layers[index];
    if (layer === undefined)
      throw new RangeError(`expected a layer below ${this.#layers.length}, got ${index}`);
    return layer;
  }

  free(): void {
    this.#scope.free();
  }
}

/** Uploads the rotary table `[positions, headDim]`; the caller frees it. */
export const uploadRope = (backend: Backend, config: LlamaConfig, positions: number): Tensor =>
  backend.upload(ropeTable(config, positions), [positions, config.headDim], 'f32', 'rope table');
