import type { MemoryKind } from './memory-ledger';
import type { Backend, Tensor } from './operations';

/**
 * Owns temporary tensors, so that they are freed however the work ends:
 * `const scope = new Scope(backend); try { … scope.own(backend.matmul(…)) … } finally { scope.free(); }`.
 */
export class Scope {
  readonly #backend: Backend;
  readonly #kind: MemoryKind | undefined;
  readonly #owned = new Set<Tensor>();

  /** @param kind what the tensors are for, to count their memory. */
  constructor(backend: Backend, kind?: MemoryKind) {
    this.#backend = backend;
    this.#kind = kind;
  }

  own(tensor: Tensor): Tensor {
    this.#owned.add(tensor);
    if (this.#kind !== undefined) this.#backend.countAs(this.#kind, tensor);
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

/** Returns what `make` makes, with all that it has put into the scope; if it fails, that is freed. */
export function allOrNone<R>(backend: Backend, kind: MemoryKind | undefined, make: (scope: Scope) => R): R {
  const scope = new Scope(backend, kind);
  try {
    return make(scope);
  } catch (error) {
    scope.free();
    throw error;
  }
}

/** Returns copies of tensors on the device; of all, or none if there is no room. The caller frees them. */
export function copiesOf(
  backend: Backend,
  kind: MemoryKind | undefined,
  tensors: readonly Tensor[],
): Tensor[] {
  return allOrNone(backend, kind, (scope) =>
    tensors.map((tensor) => {
      const copy = scope.own(backend.zeros(tensor.shape, `${tensor.label} copied`));
      backend.copyRows(tensor, copy, 0);
      return copy;
    }),
  );
}
