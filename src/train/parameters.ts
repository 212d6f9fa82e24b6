import type { AdamWParameter, Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';

/** One trained tensor with the gradient of the current step and AdamW's moments; all f32, of one shape. */
export interface Parameter extends AdamWParameter {
  /** Name in the checkpoint of the deeper model. Bands of one matrix share it and are adjacent in `Parameters.all`. */
  readonly name: string;
  gradient: Tensor;
}

/** Owns all tensors that a trainer updates, until `free`. */
export class Parameters {
  readonly all: Parameter[] = [];
  readonly #backend: Backend;
  readonly #scope: Scope;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#scope = new Scope(backend);
  }

  /** Returns an f32 copy that is not trained, owned by this object. */
  async copy(tensor: Tensor): Promise<Tensor> {
    const copy = this.#scope.own(this.#backend.countAs('weights', this.#backend.weightedSum(tensor, 1)));
    // The CPU backend may hold float64 values. Reading rounds them to f32, as a file holds them.
    this.#backend.write(copy, await this.#backend.read(copy));
    return copy;
  }

  /** Adds a trained copy of a tensor. */
  async add(name: string, tensor: Tensor): Promise<Parameter> {
    const value = await this.copy(tensor);
    const moments = this.#zeros([2, ...tensor.shape], `moments of ${name}`);
    const parameter = { name, value, moments, gradient: this.#zeros(tensor.shape, `gradient of ${name}`) };
    this.all.push(parameter);
    return parameter;
  }

  clearGradients(): void {
    for (const parameter of this.all) {
      const { shape, label } = parameter.gradient;
      this.#scope.free(parameter.gradient);
      parameter.gradient = this.#zeros(shape, label);
    }
  }

  /** Sets the moments to zero, as before the first step. */
  clearMoments(): void {
    for (const { moments } of this.all) this.#backend.write(moments, new Float32Array(moments.bytes / 4));
  }

  free(): void {
    this.#scope.free();
  }

  #zeros(shape: readonly number[], label: string): Tensor {
    return this.#scope.own(this.#backend.countAs('optimizer', this.#backend.zeros(shape, label)));
  }
}
