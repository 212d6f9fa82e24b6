import { newTensorSizes, uploadSizes, writeSizes } from '../checks/storage';
import { decode } from '../decode';
import { BackendError, OutOfMemoryError } from '../errors';
import { type MemoryKind, MemoryLedger } from '../memory-ledger';
import type { DType, MemoryUse, Tensor, TensorData, TensorStore } from '../operations';
import { elements } from '../shape';
import { GibbsKernel } from './gibbs-kernel';
import type { Heap } from './heap';
import { WasmTensor } from './tensor';

/** Half of the largest memory, because an operation needs more memory than its largest operand. */
export const MAX_TENSOR_BYTES = 2 ** 30;
/** Bytes of two vectors (four f64 numbers) after an f64 copy, so that whole vectors can be read at its last numbers. */
const F64_PADDING = 32;

/** Owns the tensors in one heap. */
export class Store implements TensorStore {
  readonly heap: Heap;
  readonly #tensors = new Set<WasmTensor>();
  readonly #ledger = new MemoryLedger();
  #disposed = false;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  memory(): MemoryUse {
    this.check();
    return {
      bytes: this.#ledger.bytes,
      peakBytes: this.#ledger.peakBytes,
      tensors: this.#tensors.size,
      pooledBytes: Math.max(0, this.heap.memory.buffer.byteLength - this.#ledger.bytes),
      byKind: this.#ledger.byKind,
      peakByKind: this.#ledger.peakByKind,
    };
  }

  upload(data: TensorData, shape: readonly number[], dtype: DType, label: string): Tensor {
    this.check();
    uploadSizes(data, shape, dtype, label, MAX_TENSOR_BYTES);
    const tensor = this.#register(shape, dtype, label);
    this.heap.bytes(tensor.at, tensor.bytes).set(bytesOf(data));
    return tensor;
  }

  /** Creates an f32 tensor with undefined contents; the caller must write all of it. */
  empty(shape: readonly number[], label: string): WasmTensor {
    this.check();
    newTensorSizes(shape, 'f32', label, MAX_TENSOR_BYTES);
    return this.#register(shape, 'f32', label);
  }

  /** Creates an f32 tensor. `work` gets its address and fills it; if `work` throws, the tensor is freed. */
  make(shape: readonly number[], label: string, work: (at: number) => void): Tensor {
    const tensor = this.empty(shape, label);
    try {
      work(tensor.at);
      return tensor;
    } catch (error) {
      this.free(tensor);
      throw error;
    }
  }

  /** Like `make`, for several tensors by name. */
  makeEach<N extends string>(
    shapes: Readonly<Record<N, readonly number[]>>,
    label: string,
    work: (at: Readonly<Record<N, number>>) => void,
  ): Record<N, Tensor> {
    const made = new Map<N, WasmTensor>();
    try {
      for (const name of Object.keys(shapes) as N[])
        made.set(name, this.empty(shapes[name], `${name} ${label}`));
      const places = Array.from(made, ([name, { at }]) => [name, at]);
      work(Object.fromEntries(places) as Record<N, number>);
      return Object.fromEntries(made) as Record<N, WasmTensor>;
    } catch (error) {
      this.free(...made.values());
      throw error;
    }
  }

  /** Returns `into`, or a new tensor, after `work` has filled it at its address. */
  output(
    into: Tensor | undefined,
    shape: readonly number[],
    label: string,
    work: (at: number) => void,
  ): Tensor {
    if (!into) return this.make(shape, label, work);
    work(this.target(into));
    return into;
  }

  zeros(shape: readonly number[], label: string): WasmTensor {
    const tensor = this.empty(shape, label);
    this.heap.bytes(tensor.at, tensor.bytes).fill(0);
    return tensor;
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array): void {
    const { bytes } = this.own(tensor);
    writeSizes(tensor, data);
    this.heap.bytes(this.target(tensor), bytes).set(bytesOf(data));
  }

  read(tensor: Tensor): Float32Array {
    const { at, bytes, dtype, shape } = this.own(tensor);
    // A copy, because callers must not get a view of shared memory.
    const copy = this.heap.bytes(at, bytes).slice();
    const values = decode(copy, dtype, elements(shape));
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }

  countAs(kind: MemoryKind, tensor: Tensor): Tensor {
    const own = this.own(tensor);
    this.#ledger.move(own.bytes * (own.f64Copy === undefined ? 1 : 3), own.kind, kind);
    own.kind = kind;
    return tensor;
  }

  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      const own = this.own(tensor);
      this.#dropF64Copy(own);
      this.#dropGibbsKernel(own);
      this.#tensors.delete(own);
      this.#ledger.add(own.kind, -own.bytes);
      this.heap.free(own.at);
    }
  }

  /** Forgets all tensors. Any later call throws. */
  dispose(): void {
    this.#disposed = true;
    this.#tensors.clear();
    this.#ledger.clear();
  }

  /** @throws BackendError that names the first tensor that was freed or belongs to another backend. */
  check(...tensors: readonly (Tensor | undefined)[]): void {
    if (this.#disposed) throw new BackendError('the CPU backend was disposed: open a new one');
    for (const tensor of tensors) if (tensor) this.own(tensor);
  }

  own(tensor: Tensor): WasmTensor {
    this.check();
    if (!(tensor instanceof WasmTensor)) {
      throw new BackendError(`${tensor.label} belongs to another backend: upload it to this one`);
    }
    if (!this.#tensors.has(tensor)) {
      throw new BackendError(
        `${tensor.label} [${tensor.shape.join(', ')}] was freed or is of another backend: keep it until its last use`,
      );
    }
    return tensor;
  }

  /** Address of a tensor's numbers in its dtype, for reading. */
  at(tensor: Tensor): number {
    return this.own(tensor).at;
  }

  /** Address of a tensor's numbers, for writing. Drops the f64 copy. */
  target(tensor: Tensor): number {
    const own = this.own(tensor);
    own.writes++;
    this.#dropF64Copy(own);
    return own.at;
  }

  /** The f64 copy of a tensor, for writing. The caller must also write the rounded numbers to the tensor. */
  f64Target(tensor: Tensor): number {
    this.own(tensor).writes++;
    return this.f64Copy(tensor);
  }

  /**
   * Address of an f64 copy of an f32 tensor, for reading, kept until the tensor is freed or `target` is called. Whole vectors can be
   * read, and written, at any number, because there is room behind the last.
   */
  f64Copy(tensor: Tensor): number {
    const own = this.own(tensor);
    if (own.f64Copy !== undefined) return own.f64Copy;
    const count = own.bytes / 4;
    const at = this.heap.allocate(8 * count + F64_PADDING, `${own.label} in f64`);
    own.f64Copy = at;
    this.#ledger.add(own.kind, 2 * own.bytes);
    const { doubles } = this.heap;
    doubles.set(this.heap.floats(own.at, count), at / 8);
    doubles.fill(0, at / 8 + count, (at + F64_PADDING) / 8 + count);
    return at;
  }

  /**
   * Room for the Gibbs kernel of a problem of this size, kept with the tensor of its column sums until that is freed or has to do
   * with a problem of another size. Undefined if there is no memory for it.
   */
  gibbsKernel(state: Tensor, rows: number, columns: number): GibbsKernel | undefined {
    const own = this.own(state);
    if (own.gibbsKernel?.isOf(rows, columns)) return own.gibbsKernel;
    this.#dropGibbsKernel(own);
    try {
      own.gibbsKernel = GibbsKernel.allocate(rows, columns, (bytes) =>
        this.heap.allocate(bytes, `Gibbs kernel of ${rows} × ${columns}`),
      );
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
    this.#ledger.add('plans', own.gibbsKernel?.bytes ?? 0);
    return own.gibbsKernel;
  }

  /** Calls `work` with the address of a temporary block, then frees the block. */
  temporary<R>(bytes: number, label: string, work: (at: number) => R): R {
    const at = this.heap.allocate(bytes, label);
    try {
      return work(at);
    } finally {
      this.heap.free(at);
    }
  }

  #register(shape: readonly number[], dtype: DType, label: string): WasmTensor {
    const tensor = new WasmTensor([...shape], dtype, label, (bytes) => this.heap.allocate(bytes, label));
    this.#tensors.add(tensor);
    this.#ledger.add(tensor.kind, tensor.bytes);
    return tensor;
  }

  #dropF64Copy(tensor: WasmTensor): void {
    if (tensor.f64Copy === undefined) return;
    this.heap.free(tensor.f64Copy);
    tensor.f64Copy = undefined;
    this.#ledger.add(tensor.kind, -2 * tensor.bytes);
  }

  #dropGibbsKernel(tensor: WasmTensor): void {
    if (!tensor.gibbsKernel) return;
    this.heap.free(tensor.gibbsKernel.at);
    this.#ledger.add('plans', -tensor.gibbsKernel.bytes);
    tensor.gibbsKernel = undefined;
  }
}

const bytesOf = (data: TensorData): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
