import type { MemoryKind } from '../memory-ledger';
import type { DType, Tensor } from '../operations';
import { BYTES, elements } from '../shape';
import type { GibbsKernel } from './gibbs-kernel';

/** A tensor in the heap. */
export class WasmTensor implements Tensor {
  readonly bytes: number;
  readonly at: number;
  kind: MemoryKind = 'other';
  /** Address of the f64 copy, if there is one; see `Store.f64Copy`. */
  f64Copy: number | undefined;
  /** Of the transport problem whose column sums this tensor holds, if there is one; see `Store.gibbsKernel`. */
  gibbsKernel: GibbsKernel | undefined;
  /** How often it was written to, so that what was computed from it can be known to be out of date. */
  writes = 0;

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
