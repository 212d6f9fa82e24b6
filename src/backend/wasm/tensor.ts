import type { MemoryKind } from '../memory-ledger';
import type { DType, Tensor } from '../operations';
import { BYTES, elements } from '../shape';

/** A tensor in the heap. */
export class WasmTensor implements Tensor {
  readonly bytes: number;
  readonly at: number;
  kind: MemoryKind = 'other';
  /** Address of the f64 copy, if there is one; see `Store.f64Copy`. */
  f64Copy: number | undefined;

  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
    readonly label: string,
    allocate: (bytes: number) => number,
  ) {
    this.bytes = elements(shape) * BYTES[dtype];
    this.at = allocate(this.bytes);
  }
}
