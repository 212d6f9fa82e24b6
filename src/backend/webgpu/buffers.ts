import { BackendError, OutOfMemoryError } from '../errors';
import type { DType, MemoryUse, Tensor } from '../operations';

/** A tensor in a GPU buffer. `buffer` is undefined once freed. */
export class GpuTensor implements Tensor {
  buffer: GPUBuffer | undefined;
  readonly owner: Buffers;

  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
    readonly label: string,
    readonly bytes: number,
    buffer: GPUBuffer,
    owner: Buffers,
  ) {
    this.buffer = buffer;
    this.owner = owner;
  }
}

// Pooling: small sizes recur thousands of times in a solve or a forward pass, big ones would only hoard.
const MAX_POOLED_BYTES = 64 * 2 ** 20;
const MAX_PER_SIZE = 32;
const POOL_LIMIT_BYTES = 256 * 2 ** 20;

/** Makes, counts, reuses and destroys the storage buffers of one device. */
export class Buffers {
  readonly #device: GPUDevice;
  readonly #fail: (error: Error) => void;
  readonly #pool = new Map<number, GPUBuffer[]>();
  readonly #live = new Set<GPUBuffer>();
  #bytes = 0;
  #peak = 0;
  #tensors = 0;
  #pooled = 0;

  /** @param fail is told of an allocation the device refused; it becomes the error of the next wait. */
  constructor(device: GPUDevice, fail: (error: Error) => void) {
    this.#device = device;
    this.#fail = fail;
  }

  get memory(): MemoryUse {
    return { bytes: this.#bytes, peakBytes: this.#peak, tensors: this.#tensors, pooledBytes: this.#pooled };
  }

  /** Contents are undefined: whatever a pooled buffer held. */
  make(shape: readonly number[], dtype: DType, bytes: number, label: string): GpuTensor {
    const buffer = this.#acquire(storageSize(bytes), label);
    this.#bytes += bytes;
    this.#peak = Math.max(this.#peak, this.#bytes);
    this.#tensors++;
    return new GpuTensor(shape, dtype, label, bytes, buffer, this);
  }

  /** Ends the tensor for the accounting and hands back its buffer, which commands in the queue may still use. */
  free(tensor: Tensor): GPUBuffer {
    const buffer = this.of(tensor);
    (tensor as GpuTensor).buffer = undefined;
    this.#bytes -= tensor.bytes;
    this.#tensors--;
    return buffer;
  }

  /** Takes back a buffer no unsubmitted command uses any more. */
  recycle(buffer: GPUBuffer): void {
    const free = this.#pool.get(buffer.size) ?? [];
    const keep =
      buffer.size <= MAX_POOLED_BYTES &&
      free.length < MAX_PER_SIZE &&
      this.#pooled + buffer.size <= POOL_LIMIT_BYTES;
    if (!keep) {
      this.#live.delete(buffer);
      buffer.destroy();
      return;
    }
    this.#pooled += buffer.size;
    free.push(buffer);
    this.#pool.set(buffer.size, free);
  }

  /** The buffer behind a tensor. @throws BackendError for a freed one or one of another backend. */
  of(tensor: Tensor): GPUBuffer {
    if (!(tensor instanceof GpuTensor) || tensor.owner !== this) {
      throw new BackendError(`${tensor.label} belongs to another backend: upload it here first`);
    }
    if (!tensor.buffer) throw new BackendError(`${tensor.label} was used after it was freed`);
    return tensor.buffer;
  }

  destroy(): void {
    for (const buffer of this.#live) buffer.destroy();
    this.#live.clear();
    this.#pool.clear();
    this.#pooled = 0;
  }

  #acquire(size: number, label: string): GPUBuffer {
    const pooled = this.#pool.get(size)?.pop();
    if (pooled) {
      this.#pooled -= size;
      pooled.label = label;
      return pooled;
    }
    this.#device.pushErrorScope('out-of-memory');
    const buffer = this.#device.createBuffer({
      label,
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#device.popErrorScope().then(
      (error) => {
        if (error) {
          this.#fail(
            new OutOfMemoryError(
              `the GPU has no room for ${label} (${size} bytes, ${this.#bytes} in use): close other tabs, or choose a smaller model`,
            ),
          );
        }
      },
      () => {}, // A lost device is reported by its own promise.
    );
    this.#live.add(buffer);
    return buffer;
  }
}

/** Copies and bindings want multiples of 4; 16 keeps the number of distinct pool sizes down. */
const storageSize = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);
