import { HISTORY_ROWS, MIN_WIDTH } from '../backend/anderson';
import type { Backend, Tensor } from '../backend/operations';

/** Owns the history of Anderson mixing of one solve. */
export class MixingHistory {
  readonly #backend: Backend;
  readonly #shape: readonly number[];
  #tensor: Tensor | undefined;

  constructor(backend: Backend, columns: number) {
    this.#backend = backend;
    this.#shape = [HISTORY_ROWS, Math.max(MIN_WIDTH, columns)];
  }

  /** The history; zero, which is fresh, when it is first used and after `clear`. */
  get tensor(): Tensor {
    return (this.#tensor ??= this.#backend.countAs(
      'plans',
      this.#backend.zeros(this.#shape, 'history of potentials'),
    ));
  }

  /** Forgets and frees what was kept, as another ε is another fixed point. */
  clear(): void {
    if (this.#tensor) this.#backend.free(this.#tensor);
    this.#tensor = undefined;
  }
}
