import { newTensorSizes, uploadSizes, writeSizes } from '../checks/storage';
import { BackendError, OutOfMemoryError } from '../errors';
import { type MemoryKind, MemoryLedger } from '../memory-ledger';
import type { DType, MemoryUse, Tensor, TensorData, TensorStore } from '../operations';
import { BYTES, elements } from '../shape';
import { decode } from '../decode';

type Values = Float64Array | Float32Array | Uint32Array;

/** 4 GiB as float64; JavaScript engines refuse typed arrays somewhat larger. */
export const MAX_TENSOR_BYTES = 2 ** 31;

class CpuTensor implements Tensor {
  readonly bytes: number;
  kind: MemoryKind = 'other';
  /** Undefined once freed. */
  values: Values | undefined;

  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
    readonly label: string,
    values: Values,
  ) {
    this.bytes = elements(shape) * BYTES[dtype];
    this.values = values;
  }
}

/**
 * Owns the tensors of one CPU backend. Results are in float64, so that a chain of operations rounds to float32 only when it is read.
 * Uploaded bytes are in float32, which is exact and half the size.
 */
export class Store implements TensorStore {
  #tensors = new Set<CpuTensor>();
  readonly #ledger = new MemoryLedger();
  #disposed = false;

  /** Counts the bytes really used: for results twice `Tensor.bytes`. */
  memory(): MemoryUse {
    this.#checkAlive();
    return {
      bytes: this.#ledger.bytes,
      peakBytes: this.#ledger.peakBytes,
      tensors: this.#tensors.size,
      pooledBytes: 0,
      byKind: this.#ledger.byKind,
      peakByKind: this.#ledger.peakByKind,
    };
  }

  upload(data: TensorData, shape: readonly number[], dtype: DType, label: string): Tensor {
    this.#checkAlive();
    const { count } = uploadSizes(data, shape, dtype, label, MAX_TENSOR_BYTES);
    return this.#hold(shape, dtype, label, () => {
      if (data instanceof Uint8Array) return decode(data, dtype, count);
      return data instanceof Float32Array ? Float64Array.from(data) : data.slice();
    });
  }

  zeros(shape: readonly number[], label: string): Tensor {
    this.#checkAlive();
    const { count } = newTensorSizes(shape, 'f32', label, MAX_TENSOR_BYTES);
    return this.#hold(shape, 'f32', label, () => new Float64Array(count));
  }

  /** Creates several tensors by name; all of them, or none if one cannot be. */
  zerosEach<N extends string>(
    shapes: Readonly<Record<N, readonly number[]>>,
    label: string,
  ): Record<N, Tensor> {
    const made = new Map<string, Tensor>();
    try {
      for (const [name, shape] of Object.entries<readonly number[]>(shapes))
        made.set(name, this.zeros(shape, `${name} ${label}`));
      return Object.fromEntries(made) as Record<N, Tensor>;
    } catch (error) {
      this.free(...made.values());
      throw error;
    }
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array): void {
    const values = this.#own(tensor);
    writeSizes(tensor, data);
    (values.values instanceof Uint32Array ? values.values : this.target(tensor)).set(data);
  }

  read(tensor: Tensor): Float32Array {
    return Float32Array.from(this.#own(tensor).values);
  }

  countAs(kind: MemoryKind, tensor: Tensor): Tensor {
    const own = this.#own(tensor);
    this.#ledger.move(own.values.byteLength, own.kind, kind);
    own.kind = kind;
    return tensor;
  }

  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      const own = this.#own(tensor);
      this.#ledger.add(own.kind, -own.values.byteLength);
      this.#tensors.delete(own);
      (own as CpuTensor).values = undefined;
    }
  }

  dispose(): void {
    for (const tensor of this.#tensors) tensor.values = undefined;
    this.#tensors.clear();
    this.#ledger.clear();
    this.#disposed = true;
  }

  /** @throws BackendError that names the first tensor that was freed or belongs to another backend. */
  check(...tensors: readonly (Tensor | undefined)[]): void {
    this.#checkAlive();
    for (const tensor of tensors) if (tensor) this.#own(tensor);
  }

  numbers(tensor: Tensor): Float64Array | Float32Array {
    const { values } = this.#own(tensor);
    if (values instanceof Uint32Array) throw new BackendError(`expected numbers in ${tensor.label}, got u32`);
    return values;
  }

  /** Returns the values in float64 for reading: the tensor's own, or a copy if they are in float32. */
  asFloat64(tensor: Tensor): Float64Array {
    const values = this.numbers(tensor);
    return values instanceof Float64Array ? values : Float64Array.from(values);
  }

  indices(tensor: Tensor): Uint32Array {
    const { values } = this.#own(tensor);
    if (values instanceof Uint32Array) return values;
    throw new BackendError(`expected u32 indices in ${tensor.label}, got ${tensor.dtype}`);
  }

  /** Returns the values of an f32 tensor for writing in place. Float32 values are replaced by float64 ones first. */
  target(tensor: Tensor): Float64Array {
    const own = this.#own(tensor);
    if (own.values instanceof Float64Array) return own.values;
    const widened = Float64Array.from(this.numbers(tensor));
    this.#ledger.add(own.kind, widened.byteLength - own.values.byteLength);
    own.values = widened;
    return widened;
  }

  #own(tensor: Tensor): CpuTensor & { values: Values } {
    this.#checkAlive();
    if (!(tensor instanceof CpuTensor)) {
      throw new BackendError(`${tensor.label} belongs to another backend: upload it to this one`);
    }
    if (!this.#tensors.has(tensor)) {
      throw new BackendError(
        `${tensor.label} [${tensor.shape.join(', ')}] was freed or is of another backend: keep it until its last use`,
      );
    }
    return tensor as CpuTensor & { values: Values };
  }

  #hold(shape: readonly number[], dtype: DType, label: string, make: () => Values): Tensor {
    let values: Values;
    try {
      values = make();
    } catch (cause) {
      throw new OutOfMemoryError(
        `${label} [${shape.join(', ')}]: no memory for ${elements(shape)} numbers; free tensors or use smaller bands`,
        { cause },
      );
    }
    const tensor = new CpuTensor([...shape], dtype, label, values);
    this.#tensors.add(tensor);
    this.#ledger.add(tensor.kind, values.byteLength);
    return tensor;
  }

  #checkAlive(): void {
    if (this.#disposed) throw new BackendError('the CPU backend was disposed: open a new one');
  }
}
