import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import type { Scope } from '../backend/scope';

/**
 * Activations of a block, all `[rows, …]`: the residual stream at its `input` and between attention and MLP (`middle`), and both
 * after their norms (`normed`, `normedMiddle`); `query` and `keys` after norm and rotation; `values`; `mixed`, the output of attention
 * before o_proj; `gate`, `up` and `inner`, the gated unit of both. Where the architecture has norms for them, also what these read:
 * `rawQuery`, `rawKeys`, and the outputs of o_proj and down_proj, `attended` and `made`. Without a norm before attention or MLP,
 * `normed` and `normedMiddle` are the streams themselves.
 */
export type TapeEntry =
  | 'input'
  | 'normed'
  | 'rawQuery'
  | 'rawKeys'
  | 'query'
  | 'keys'
  | 'values'
  | 'mixed'
  | 'attended'
  | 'middle'
  | 'normedMiddle'
  | 'gate'
  | 'up'
  | 'inner'
  | 'made';

/** What stands for a norm's output where there is no norm. */
const UNNORMED: Partial<Record<TapeEntry, TapeEntry>> = { normed: 'input', normedMiddle: 'middle' };

/** Owns one block's activations from its forward to its backward pass. */
export class Tape {
  readonly #backend: Backend;
  readonly #tensors = new Map<TapeEntry, Tensor>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Records a copy, because the stream is overwritten later. */
  copy(name: TapeEntry, tensor: Tensor): void {
    this.#tensors.set(name, this.#backend.countAs('activations', this.#backend.weightedSum(tensor, 1)));
  }

  /** Records tensors and takes their ownership from `scope`. */
  keep(scope: Scope, tensors: Partial<Record<TapeEntry, Tensor>>): void {
    for (const [name, tensor] of Object.entries(tensors))
      this.#tensors.set(name as TapeEntry, scope.release(tensor));
  }

  /** @throws BackendError if `name` was not recorded. */
  get(name: TapeEntry): Tensor {
    const tensor = this.#tensors.get(name) ?? this.#tensors.get(UNNORMED[name] ?? name);
    if (tensor) return tensor;
    throw new BackendError(`tape: expected ${name}, got none. Run the forward pass with this tape first.`);
  }

  free(): void {
    this.#backend.free(...this.#tensors.values());
    this.#tensors.clear();
  }
}
