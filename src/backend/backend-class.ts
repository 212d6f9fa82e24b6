import type { MemoryUse, Operations, Tensor, TensorStore } from './operations';

/**
 * Every operation of the contract as a function of the store that holds its tensors. One that is missing, or that takes or
 * gives something else, is a type error.
 */
type Implementation<Store extends TensorStore> = {
  readonly [Name in keyof Operations]: (
    store: Store,
    ...args: Parameters<Operations[Name]>
  ) => ReturnType<Operations[Name]>;
};

/** A backend but for its operations, and for what differs in kind: `info`, and how `read` and `settle` wait. */
abstract class Over<Store extends TensorStore> implements TensorStore {
  protected readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  memory(): MemoryUse {
    return this.store.memory();
  }

  upload(...args: Parameters<TensorStore['upload']>): Tensor {
    return this.store.upload(...args);
  }

  zeros(...args: Parameters<TensorStore['zeros']>): Tensor {
    return this.store.zeros(...args);
  }

  write(...args: Parameters<TensorStore['write']>): void {
    this.store.write(...args);
  }

  free(...tensors: readonly Tensor[]): void {
    this.store.free(...tensors);
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** A class of backends over a kind of store, whose methods run the given functions on it. */
export function backendOver<Store extends TensorStore>(
  operations: Implementation<Store>,
): abstract new (store: Store) => Over<Store> & Operations {
  abstract class Computing extends Over<Store> {}
  for (const [name, operation] of Object.entries(operations)) {
    const compute = operation as (store: Store, ...args: readonly unknown[]) => unknown;
    Object.assign(Computing.prototype, {
      [name](this: Computing, ...args: readonly unknown[]) {
        return compute(this.store, ...args);
      },
    });
  }
  return Computing as abstract new (store: Store) => Computing & Operations;
}
