import { newTensorSizes, uploadSizes, writeSizes } from '../checks/storage';
import { decode } from '../decode';
import { BackendError, DeviceLostError } from '../errors';
import type { KernelTimes } from '../instruments';
import { timesSince } from '../kernel-ledger';
import type { MemoryKind } from '../memory-ledger';
import type { BackendInfo, DType, MemoryUse, Tensor, TensorData, TensorStore } from '../operations';
import { elements } from '../shape';
import type { KernelParameters } from '../../wgsl';
import { attentionForm, type AttentionForm } from './attention-forms';
import { BufferPool } from './buffer-pool';
import { COLUMN_FORMS, type ColumnForm } from './column-form';
import type { Dispatch } from './dispatch';
import { DTYPE_CODES } from './dtype';
import { kernel } from './kernels';
import { PipelineCache } from './pipeline-cache';
import type { Choice, ChoiceMemory } from './products/choice';
import { Chooser } from './products/chooser';
import type { Product } from './products/product';
import { rangesOf } from './products/ranges';
import type { TableRow } from './products/table';
import { tileOf } from './products/variant';
import type { Profiler } from './profiler';
import { asBackendError, CommandQueue } from './queue';
import { rowForm, type RowForm } from './row-forms';

/** Arguments of one call of a kernel. */
export interface KernelCall {
  /** Tensors by the names of the kernel's bindings. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly params: Readonly<Record<string, number>>;
  readonly groups: readonly [number, number];
  /** Rough number of multiply-adds. */
  readonly work: number;
  /** Bindings that may be packed: a constant `<NAME>_DTYPE` passes the dtype. All others must be f32 or u32. */
  readonly packed?: readonly string[];
  readonly constants?: Readonly<Record<string, number>>;
  /** Values for the `@parameter` lines of the kernel's file. */
  readonly parameters?: KernelParameters;
}

export type NamedCall = readonly [kernel: string, call: KernelCall];

/** Arguments of a product, whose kernel is chosen by what is fastest on the device. */
interface ProductCall {
  readonly product: Product;
  /** Tensors by the names of the kernel's bindings. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Params of the kernel without the range of rows and columns. */
  readonly params: Readonly<Record<string, number>>;
  /** Multiply-adds for each entry of the result. */
  readonly work: number;
}

/** Forms of kernels that have more than one. */
export interface Forms {
  readonly rows?: RowForm;
  readonly columns?: ColumnForm;
  readonly attention?: AttentionForm;
}

export interface RunnerOptions {
  /** Keeps what was measured about this adapter from one visit to the next. */
  readonly memory?: ChoiceMemory | undefined;
  /** The variants of products to choose from. */
  readonly table?: readonly TableRow[];
  /** Replace the choice of kernels by adapter and shape, for tests. */
  readonly forms?: Forms;
}

/** Owns the tensors of one device and runs kernels on them in order. It is the first argument of every operation. */
export class Runner implements TensorStore {
  readonly info: BackendInfo;
  readonly #device: GPUDevice;
  readonly #buffers: BufferPool;
  readonly #pipelines: PipelineCache;
  readonly #queue: CommandQueue;
  #profiler: Profiler | undefined;
  readonly #chooser: Chooser;
  readonly #forms: Forms;
  readonly #onError = ({ error }: GPUUncapturedErrorEvent): void =>
    this.#queue.fail(new BackendError(error.message));
  #lost: DeviceLostError | undefined;
  #disposed = false;

  constructor(device: GPUDevice, info: BackendInfo, { memory, table, forms = {} }: RunnerOptions = {}) {
    this.info = info;
    this.#forms = forms;
    this.#device = device;
    this.#buffers = new BufferPool(device, (error) => this.#queue.fail(error));
    this.#pipelines = new PipelineCache(device);
    this.#queue = new CommandQueue(device, this.#pipelines, this.#buffers, info.software);
    this.#chooser = new Chooser(device, info, this.#pipelines, memory, table);
    device.addEventListener('uncapturederror', this.#onError);
    void device.lost.then(({ reason, message }) => {
      if (this.#disposed) return;
      this.#lost = new DeviceLostError(
        `the GPU device was lost (${message || reason}): its tensors are gone and must be read from the files again`,
      );
    });
  }

  memory(): MemoryUse {
    const { pooledBytes, ...rest } = this.#buffers.memory;
    return { ...rest, pooledBytes: pooledBytes + this.#queue.overheadBytes };
  }

  precompile(names: readonly string[]): void {
    for (const name of names) void this.#pipelines.get(kernel(name)).catch(() => {});
  }

  upload(data: TensorData, shape: readonly number[], dtype: DType, label: string): Tensor {
    const { bytes } = uploadSizes(data, shape, dtype, label, this.info.maxTensorBytes);
    this.#check();
    const tensor = this.#buffers.make(shape, dtype, bytes, label);
    // Not through the queue, because no command uses the new buffer yet.
    this.#device.queue.writeBuffer(this.#buffers.of(tensor), 0, paddedBytes(data));
    return tensor;
  }

  /** Creates an f32 tensor with undefined contents; the caller must write all of it. */
  empty(shape: readonly number[], label: string): Tensor {
    const { bytes } = newTensorSizes(shape, 'f32', label, this.info.maxTensorBytes);
    this.#check();
    return this.#buffers.make(shape, 'f32', bytes, label);
  }

  zeros(shape: readonly number[], label: string): Tensor {
    const tensor = this.empty(shape, label);
    this.#queue.clear(this.#buffers.of(tensor));
    return tensor;
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array): void {
    writeSizes(tensor, data);
    this.#queue.write(this.#buffers.of(tensor), data.slice());
  }

  /** Enqueues a copy. Offsets are in bytes. */
  copy(source: Tensor, sourceOffset: number, target: Tensor, targetOffset: number, bytes: number): void {
    this.#queue.copy(this.#buffers.of(source), sourceOffset, this.#buffers.of(target), targetOffset, bytes);
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const size = Math.ceil(tensor.bytes / 4) * 4;
    const buffer = this.#buffers.of(tensor);
    this.#check();
    const staging = this.#device.createBuffer({
      label: `read ${tensor.label}`,
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    try {
      this.#queue.copy(buffer, 0, staging, 0, size);
      await this.#queue.flush();
      await staging.mapAsync(GPUMapMode.READ);
      await this.#buffers.answered();
      this.#check();
      // Commands that the device refused write nothing.
      this.#queue.check();
      const bytes = new Uint8Array(staging.getMappedRange(), 0, tensor.bytes);
      return Float32Array.from(decode(bytes, tensor.dtype, elements(tensor.shape)));
    } catch (error) {
      // The device may have refused a buffer first.
      await this.#buffers.answered();
      throw this.#lost ?? this.#queue.failure ?? asBackendError(error);
    } finally {
      staging.destroy();
    }
  }

  countAs(kind: MemoryKind, tensor: Tensor): Tensor {
    return this.#buffers.countAs(kind, tensor);
  }

  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) this.#queue.release(this.#buffers.free(tensor));
  }

  async settle(): Promise<void> {
    this.#check();
    await this.#queue.settle();
    this.#check();
  }

  async failure(): Promise<Error | undefined> {
    if (this.#lost || this.#disposed) return undefined;
    await this.#queue.flush();
    // The answer comes after those about everything before.
    this.#device.pushErrorScope('validation');
    await Promise.all([this.#device.popErrorScope().catch(() => null), this.#buffers.answered()]);
    return this.#lost || this.#disposed ? undefined : this.#queue.failure;
  }

  dispose(): void {
    this.#disposed = true;
    this.#queue.destroy();
    this.#buffers.destroy();
    // Dawn for Node never lets go of a device's listeners, nor of the compiled kernels that they reach.
    this.#device.removeEventListener('uncapturederror', this.#onError);
    this.#device.destroy();
  }

  get canTimeKernels(): boolean {
    return this.#device.features.has('timestamp-query');
  }

  async timeKernels(on: boolean): Promise<void> {
    if (!this.canTimeKernels || on === (this.#profiler !== undefined)) return;
    // Imported on demand, because most visits to the page time no kernel.
    const { Profiler } = await import('./profiler');
    const ended = this.#profiler;
    this.#profiler = on ? new Profiler(this.#device) : undefined;
    this.#queue.profile = this.#profiler;
    if (!ended) return;
    // The queue still collects the times of what it has submitted.
    await this.#queue.flush().finally(() => ended.destroy());
  }

  kernelTimes(): KernelTimes {
    return this.#profiler?.times ?? new Map();
  }

  async profile(work: () => Promise<void>): Promise<KernelTimes | undefined> {
    if (!this.canTimeKernels) {
      await work();
      return undefined;
    }
    await this.settle();
    const timed = this.#profiler !== undefined;
    await this.timeKernels(true);
    const before = new Map(this.kernelTimes());
    try {
      await work();
      await this.settle();
      return timesSince(before, this.kernelTimes());
    } finally {
      if (!timed) await this.timeKernels(false);
    }
  }

  /** Enqueues the kernel of `shaders/<name>.wgsl`. */
  run(name: string, call: KernelCall): void {
    this.#check();
    this.#queue.run([this.#dispatch(name, call)]);
  }

  /** Enqueues several kernels in turn, `times` times over, as one submission if that is not too much work. */
  repeat(times: number, calls: readonly NamedCall[]): void {
    this.#check();
    const dispatches = calls.map(([name, call]) => this.#dispatch(name, call));
    const work = dispatches.reduce((sum, dispatch) => sum + dispatch.work, 0);
    // Timed dispatches are limited per submission.
    const most = this.#queue.profiling ? 1 : Math.max(1, Math.floor(this.#queue.workLimit / work));
    for (let done = 0; done < times; done += most) this.#queue.run(dispatches, Math.min(most, times - done));
  }

  #dispatch(name: string, call: KernelCall): Dispatch {
    const { tensors, params, groups, work, packed = [], constants: own = {}, parameters } = call;
    const dtypes = Object.fromEntries(
      packed.map((binding) => [
        `${binding.toUpperCase()}_DTYPE`,
        DTYPE_CODES[tensors[binding]?.dtype ?? 'f32'],
      ]),
    );
    const buffers = this.#buffersOf(tensors);
    const constants = { ...dtypes, ...own };
    return { kernel: kernel(name, parameters), constants, buffers, params, groups, work };
  }

  /** Enqueues a product, cut into ranges of rows and columns with little enough work for one dispatch. */
  runProduct({ product, tensors, params, work }: ProductCall): void {
    this.#check();
    const buffers = this.#buffersOf(tensors);
    for (const range of rangesOf(product, this.#chooser.tile(product), this.#queue.workLimit / work)) {
      const [height, width] = [range.end_row - range.first_row, range.end_column - range.first_column];
      this.#queue.runChosen(height * width * work, async () => {
        const { variant, kernel: chosen } = await this.#chooser.choose(product);
        const [tileRows, tileColumns] = tileOf(variant);
        return {
          kernel: chosen,
          constants: {},
          buffers,
          params: { ...params, ...range },
          groups: [Math.ceil(width / tileColumns), Math.ceil(height / tileRows)],
          work: height * width * work,
        };
      });
    }
  }

  /** The variants of products that were chosen so far. */
  get choices(): readonly Choice[] {
    return this.#chooser.choices;
  }

  /** Returns the form of a reduction of rows of this width, or of a whole tensor. */
  rowForm(width: number, whole = false): RowForm {
    const { rows } = this.#forms;
    return rows && (rows.rows === 1 || !whole) ? rows : rowForm(this.info, width, whole);
  }

  /** Form of sums of columns. */
  get columnForm(): ColumnForm {
    return this.#forms.columns ?? COLUMN_FORMS[this.info.software ? 0 : 1];
  }

  /** Returns the form of attention and its gradients, or undefined for the kernels without tiles. */
  attentionForm(headDim: number, queries: number): AttentionForm | undefined {
    return this.#forms.attention ?? attentionForm(this.info, headDim, queries);
  }

  #buffersOf(tensors: Readonly<Record<string, Tensor>>): Record<string, GPUBuffer> {
    return Object.fromEntries(
      Object.entries(tensors).map(([binding, tensor]) => [binding, this.#buffers.of(tensor)]),
    );
  }

  #check(): void {
    if (this.#disposed) throw new BackendError('the backend was used after it was disposed of');
    if (this.#lost) throw this.#lost;
  }
}

/** Returns the bytes, padded to a multiple of 4 for `writeBuffer`. */
function paddedBytes(data: TensorData): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (bytes.byteLength % 4 === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}
