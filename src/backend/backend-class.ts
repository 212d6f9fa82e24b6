import type { MemoryKind } from './memory-ledger';
import type { MemoryUse, Operations, Tensor, TensorStore } from './operations';

/** Every operation as a function whose first argument is the store. A missing or differently typed one does not compile. */
type Implementation<Store extends TensorStore> = {
  readonly [Name in keyof Operations]: (
    store: Store,
    ...args: Parameters<Operations[Name]>
  ) => ReturnType<Operations[Name]>;
};

/** The part that all backends share. Subclasses add the operations, `info`, `read` and `settle`. */
abstract class StoreBackend<Store extends TensorStore> implements TensorStore {
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

  countAs(kind: MemoryKind, tensor: Tensor): Tensor {
    return this.store.countAs(kind, tensor);
  }

  free(...tensors: readonly Tensor[]): void {
    this.store.free(...tensors);
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** Returns a base class for a backend, which has each of the given functions as a method on its store. */
export function backendClass<Store extends TensorStore>(
  operations: Implementation<Store>,
): abstract new (store: Store) => StoreBackend<Store> & Operations {
  abstract class OperationsBackend extends StoreBackend<Store> {}
  for (const [name, operation] of Object.entries(operations)) {
    const compute = operation as (store: Store, ...args: readonly unknown[]) => unknown;
    Object.assign(OperationsBackend.prototype, {
      [name](this: OperationsBackend, ...args: readonly unknown[]) {
        return compute(this.store, ...args);
      },
    });
  }
  return OperationsBackend as abstract new (store: Store) => OperationsBackend & Operations;
}
