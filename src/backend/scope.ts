import type { Backend, Tensor } from './operations';

/**
 * Owns temporary tensors, so that they are freed however the work ends:
 * `const scope = new Scope(backend); try { … scope.own(backend.matmul(…)) … } finally { scope.free(); }`.
 */
export class Scope {
  readonly #backend: Backend;
  readonly #owned = new Set<Tensor>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  own(tensor: Tensor): Tensor {
    this.#owned.add(tensor);
    return tensor;
  }

  /** Passes a tensor to the caller, who must free it. */
  release(tensor: Tensor): Tensor {
    this.#owned.delete(tensor);
    return tensor;
  }

  /** Frees the given tensors, or without arguments all owned ones. */
  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors.length > 0 ? tensors : [...this.#owned]) {
      if (this.#owned.delete(tensor)) this.#backend.free(tensor);
    }
  }
}
