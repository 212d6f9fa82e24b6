import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import type { Scope } from '../backend/scope';

/**
 * What one block's forward pass left for its backward pass, all `[rows, …]`: the residual stream at its `input` and between
 * attention and MLP (`middle`), both normed; rotated `query` and `keys`, `values`; `mixed`, what attention gave; `gate`, `up`
 * and `inner`, their SwiGLU.
 */
type Taped =
  | 'input'
  | 'normed'
  | 'query'
  | 'keys'
  | 'values'
  | 'mixed'
  | 'middle'
  | 'normedMiddle'
  | 'gate'
  | 'up'
  | 'inner';

/** One block's activations, from its forward to its backward pass. */
export class Tape {
  readonly #backend: Backend;
  readonly #tensors = new Map<Taped, Tensor>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Takes a copy: the stream is written on. */
  copy(name: Taped, tensor: Tensor): void {
    this.#tensors.set(name, this.#backend.weightedSum(tensor, 1));
  }

  /** Takes tensors over from their scope. */
  keep(scope: Scope, tensors: Partial<Record<Taped, Tensor>>): void {
    for (const [name, tensor] of Object.entries(tensors))
      this.#tensors.set(name as Taped, scope.release(tensor));
  }

  /** @throws BackendError for what was not recorded. */
  get(name: Taped): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor) return tensor;
    throw new BackendError(`tape: expected ${name}, got none. Run the forward pass with this tape first.`);
  }

  free(): void {
    this.#backend.free(...this.#tensors.values());
    this.#tensors.clear();
  }
}
