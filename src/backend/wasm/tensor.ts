import type { DType, Tensor } from '../operations';
import { BYTES, elements } from '../shape';

/** Numbers in the heap. */
export class WasmTensor implements Tensor {
  readonly bytes: number;
  readonly at: number;
  /** Address of the same numbers in f64, of which those at `at` are roundings; see `Runner.wide`. */
  wide: number | undefined;

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
