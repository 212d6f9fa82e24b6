import type { Backend, Moments, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';

/** One trained tensor: its values, the gradient of the step under way, and AdamW's moments, all f32 of one shape. */
export interface Parameter {
  /** The checkpoint's, in the deeper model. Bands of one matrix share it, and follow each other. */
  readonly name: string;
  readonly value: Tensor;
  readonly moments: Moments;
  gradient: Tensor;
}

/** All tensors that a trainer moves, on the backend until `free`. */
export class Parameters {
  readonly all: Parameter[] = [];
  readonly #backend: Backend;
  readonly #scope: Scope;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#scope = new Scope(backend);
  }

  /** A copy in f32 that stays this one's, and as it is. */
  async copy(tensor: Tensor): Promise<Tensor> {
    const copy = this.#scope.own(this.#backend.weightedSum(tensor, 1));
    // A backend may compute with more digits than a file holds; training starts from what a file holds.
    this.#backend.write(copy, await this.#backend.read(copy));
    return copy;
  }

  /** A copy that learns. */
  async add(name: string, tensor: Tensor): Promise<Parameter> {
    const zeros = (label: string): Tensor =>
      this.#scope.own(this.#backend.zeros(tensor.shape, `${label} of ${name}`));
    const value = await this.copy(tensor);
    const moments = { first: zeros('first moment'), second: zeros('second moment') };
    const parameter = { name, value, moments, gradient: zeros('gradient') };
    this.all.push(parameter);
    return parameter;
  }

  /** Euclidean norm of every gradient, as `all`. */
  async gradientNorms(): Promise<Float64Array> {
    const norms = this.#backend.zeros([this.all.length, 1], 'squared gradient norms');
    try {
      for (const [i, { gradient }] of this.all.entries()) {
        const squared = this.#backend.squaredNorm(gradient);
        this.#backend.copyRows(squared, norms, i);
        this.#backend.free(squared);
      }
      return Float64Array.from(await this.#backend.read(norms), Math.sqrt);
    } finally {
      this.#backend.free(norms);
    }
  }

  /** Sets all gradients to zero. */
  clearGradients(): void {
    for (const parameter of this.all) {
      const { shape, label } = parameter.gradient;
      this.#scope.free(parameter.gradient);
      parameter.gradient = this.#scope.own(this.#backend.zeros(shape, label));
    }
  }

  /** Forgets the moments, as before the first step. */
  clearMoments(): void {
    for (const { moments } of this.all) {
      const zeros = new Float32Array(moments.first.bytes / 4);
      this.#backend.write(moments.first, zeros);
      this.#backend.write(moments.second, zeros);
    }
  }

  free(): void {
    this.#scope.free();
  }
}
