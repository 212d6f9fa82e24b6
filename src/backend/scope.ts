import type { Backend, Tensor } from './operations';

/**
 * Owns the temporaries of one piece of work, so that they are freed on every way out of it:
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

  /** Hands a tensor over to the caller, who frees it from then on. */
  release(tensor: Tensor): Tensor {
    this.#owned.delete(tensor);
    return tensor;
  }

  /** Frees the given tensors now, or everything still owned. */
  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors.length > 0 ? tensors : [...this.#owned]) {
      if (this.#owned.delete(tensor)) this.#backend.free(tensor);
    }
  }
}
