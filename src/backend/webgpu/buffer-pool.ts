import { BackendError, OutOfMemoryError } from '../errors';
import { type MemoryKind, MemoryLedger } from '../memory-ledger';
import type { DType, MemoryUse, Tensor } from '../operations';

/** A tensor in a GPU buffer. `buffer` is undefined once freed. */
export class GpuTensor implements Tensor {
  buffer: GPUBuffer | undefined;
  kind: MemoryKind = 'other';
  readonly owner: BufferPool;

  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
    readonly label: string,
    readonly bytes: number,
    buffer: GPUBuffer,
    owner: BufferPool,
  ) {
    this.buffer = buffer;
    this.owner = owner;
  }
}

// Small buffers are pooled, because their sizes recur thousands of times in a solve or a forward pass; large ones would waste memory.
// A step of training has about a hundred activations of one size.
const MAX_POOLED_BYTES = 64 * 2 ** 20;
const MAX_PER_SIZE = 256;
const POOL_LIMIT_BYTES = 256 * 2 ** 20;

/** Creates, counts, reuses and destroys the storage buffers of one device. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #fail: (error: Error) => void;
  readonly #pool = new Map<number, GPUBuffer[]>();
  readonly #live = new Set<GPUBuffer>();
  readonly #ledger = new MemoryLedger();
  /** What the device has not yet said of new buffers. */
  readonly #asked = new Set<Promise<void>>();
  #tensors = 0;
  #pooled = 0;

  /** @param fail called if the device refuses an allocation; the next `check` of the queue throws the error. */
  constructor(device: GPUDevice, fail: (error: Error) => void) {
    this.#device = device;
    this.#fail = fail;
  }

  get memory(): MemoryUse {
    const { bytes, peakBytes, byKind, peakByKind } = this.#ledger;
    return { bytes, peakBytes, tensors: this.#tensors, pooledBytes: this.#pooled, byKind, peakByKind };
  }

  /** Creates a tensor with undefined contents (those of a pooled buffer). */
  make(shape: readonly number[], dtype: DType, bytes: number, label: string): GpuTensor {
    const buffer = this.#acquire(storageSize(bytes), label);
    this.#tensors++;
    const tensor = new GpuTensor(shape, dtype, label, bytes, buffer, this);
    this.#ledger.add(tensor.kind, bytes);
    return tensor;
  }

  countAs(kind: MemoryKind, tensor: Tensor): Tensor {
    this.of(tensor);
    const own = tensor as GpuTensor;
    this.#ledger.move(own.bytes, own.kind, kind);
    own.kind = kind;
    return tensor;
  }

  /** Marks the tensor as freed and returns its buffer, which commands in the queue may still use. */
  free(tensor: Tensor): GPUBuffer {
    const buffer = this.of(tensor);
    const own = tensor as GpuTensor;
    own.buffer = undefined;
    this.#ledger.add(own.kind, -own.bytes);
    this.#tensors--;
    return buffer;
  }

  /** Pools or destroys a buffer that no unsubmitted command uses. */
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

  /** Returns the buffer of a tensor. @throws BackendError if the tensor was freed or belongs to another backend. */
  of(tensor: Tensor): GPUBuffer {
    if (!(tensor instanceof GpuTensor) || tensor.owner !== this) {
      throw new BackendError(`${tensor.label} belongs to another backend: upload it here first`);
    }
    if (!tensor.buffer) throw new BackendError(`${tensor.label} was used after it was freed`);
    return tensor.buffer;
  }

  /** Resolves when the device has said of every buffer so far whether there is room for it. */
  async answered(): Promise<void> {
    await Promise.all(this.#asked);
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
    const asked = this.#device.popErrorScope().then(
      (error) => {
        this.#asked.delete(asked);
        if (!error) return;
        this.#fail(
          new OutOfMemoryError(
            `the GPU has no room for ${label} (${size} bytes, ${this.#ledger.bytes} in use): close other tabs, or choose a smaller model`,
          ),
        );
      },
      // `device.lost` reports a lost device.
      () => void this.#asked.delete(asked),
    );
    this.#asked.add(asked);
    this.#live.add(buffer);
    return buffer;
  }
}

/** Rounds up to a multiple of 16. Copies and bindings need multiples of 4; 16 gives fewer different sizes in the pool. */
const storageSize = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);
