import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { LlamaConfig } from './config';
import type { LayerKind } from './layer-kinds';
import { RopeTables } from './rope-tables';

/** Keys and values of one block, `[capacity, kvHeads·headDim]`. */
export interface KeysValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Cached keys and values of all blocks for a growing sequence; owns its tensors until `free`. */
export class KvCache {
  readonly capacity: number;
  /** Positions filled so far. */
  length = 0;
  readonly #layers: readonly KeysValues[];
  readonly #scope: Scope;
  readonly #ropes: RopeTables;

  /** Allocates `capacity` tokens for each of `layers` blocks. */
  constructor(backend: Backend, config: LlamaConfig, layers: number, capacity: number) {
    this.capacity = capacity;
    this.#scope = new Scope(backend, 'activations');
    this.#ropes = new RopeTables(backend, config);
    const shape = [capacity, config.kvHeads * config.headDim];
    try {
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

  /** Returns the rotary table of a kind of block for `capacity` positions; undefined if it has no rotary embedding. */
  rope(kind: LayerKind): Tensor | undefined {
    return this.#ropes.of(kind, { length: this.capacity, windows: 1 });
  }

  free(): void {
    this.#ropes.free();
    this.#scope.free();
  }
}
