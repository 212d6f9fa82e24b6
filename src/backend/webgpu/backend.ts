import * as checks from '../checks';
import { BackendError, DeviceLostError } from '../errors';
import type {
  AttentionShape,
  Backend,
  BackendInfo,
  CostBand,
  DType,
  MatmulOptions,
  MemoryUse,
  Potentials,
  Tensor,
  Window,
} from '../operations';
import { decode } from '../cpu/decode';
import { elements, matrix } from '../shape';
import { Buffers } from './buffers';
import { acquireDevice } from './device';
import { kernel } from './kernels';
import { Pipelines } from './pipelines';
import { Profile, type KernelTime } from './profile';
import { CommandQueue } from './queue';

/** `DTYPE` constants of decode.wgsl. */
const CODE: Readonly<Record<DType, number>> = { f32: 0, bf16: 1, f16: 2, u32: 0 };
/** Edge of the square one 8 × 8 workgroup of 4 × 4 register tiles covers. */
const TILE = 32;
/** Rows one workgroup takes where eight lanes share a row. */
const ROWS = 8;
const EXP_WORK = 10;

interface Run {
  /** Tensors by the names the kernel gives its bindings. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly params: Readonly<Record<string, number>>;
  readonly groups: readonly [number, number];
  readonly work: number;
  /** Bindings whose dtype the kernel is told by a constant `<NAME>_DTYPE`; all others must be f32 or u32. */
  readonly packed?: readonly string[];
}

/** The operations in WGSL, one kernel per file in `shaders/`. */
export class WebGpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly #device: GPUDevice;
  readonly #buffers: Buffers;
  readonly #pipelines: Pipelines;
  readonly #queue: CommandQueue;
  #lost: DeviceLostError | undefined;
  #disposed = false;

  /** Dawn in Node takes everything down with the GPU object when it is collected. */
  readonly gpu: GPU;

  private constructor(gpu: GPU, device: GPUDevice, info: BackendInfo) {
    this.gpu = gpu;
    this.info = info;
    this.#device = device;
    this.#buffers = new Buffers(device, (error) => this.#queue.fail(error));
    this.#pipelines = new Pipelines(device);
    this.#queue = new CommandQueue(device, this.#pipelines, this.#buffers, info.software);
    device.addEventListener('uncapturederror', (event) =>
      this.#queue.fail(new BackendError(event.error.message)),
    );
    void device.lost.then(({ reason, message }) => {
      if (this.#disposed) return;
      this.#lost = new DeviceLostError(
        `the GPU device was lost (${message || reason}): its tensors are gone and must be read from the files again`,
      );
    });
  }

  /** @throws NoAdapterError when WebGPU has no adapter here. */
  static async open(gpu: GPU): Promise<WebGpuBackend> {
    const { device, info } = await acquireDevice(gpu);
    return new WebGpuBackend(gpu, device, info);
  }

  memory(): MemoryUse {
    const { pooledBytes, ...rest } = this.#buffers.memory;
    return { ...rest, pooledBytes: pooledBytes + this.#queue.overheadBytes };
  }

  /** Compiles kernels ahead of their first use, so that a first picture does not wait for them one after the other. */
  warm(names: readonly string[]): void {
    for (const name of names) void this.#pipelines.get(kernel(name)).catch(() => {});
  }

  upload(
    data: Uint8Array | Float32Array | Uint32Array,
    shape: readonly number[],
    dtype: DType,
    label: string,
  ): Tensor {
    const { bytes } = checks.uploadSizes(data, shape, dtype, label, this.info.maxTensorBytes);
    this.#check();
    const tensor = this.#buffers.make(shape, dtype, bytes, label);
    // A new buffer has no users yet, so the upload need not wait its turn in the queue.
    this.#device.queue.writeBuffer(this.#buffers.of(tensor), 0, whole(data));
    return tensor;
  }

  zeros(shape: readonly number[], label: string): Tensor {
    const tensor = this.#empty(shape, label);
    this.#queue.clear(this.#buffers.of(tensor));
    return tensor;
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array): void {
    checks.writeSizes(tensor, data);
    this.#queue.write(this.#buffers.of(tensor), data.slice());
  }

  copyRows(source: Tensor, target: Tensor, rowOffset: number): void {
    const { rows, columns } = checks.copyRowsSizes(source, target, rowOffset);
    const bytes = 4 * columns;
    this.#queue.copy(this.#buffers.of(source), 0, this.#buffers.of(target), rowOffset * bytes, rows * bytes);
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
      this.#check();
      const bytes = new Uint8Array(staging.getMappedRange(), 0, tensor.bytes);
      return Float32Array.from(decode(bytes, tensor.dtype, elements(tensor.shape)));
    } catch (error) {
      throw this.#lost ?? error;
    } finally {
      staging.destroy();
    }
  }

  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) this.#queue.release(this.#buffers.free(tensor));
  }

  async settle(): Promise<void> {
    this.#check();
    await this.#queue.settle();
    this.#check();
  }

  dispose(): void {
    this.#disposed = true;
    this.#queue.destroy();
    this.#buffers.destroy();
    this.#device.destroy();
  }

  /** Runs `work` with every dispatch timed by timestamp queries; undefined where the device has none. */
  async profile(work: () => Promise<void>): Promise<ReadonlyMap<string, KernelTime> | undefined> {
    if (!this.#device.features.has('timestamp-query')) {
      await work();
      return undefined;
    }
    await this.settle();
    const profile = new Profile(this.#device);
    this.#queue.profile = profile;
    try {
      await work();
      await this.settle();
      return profile.times;
    } finally {
      this.#queue.profile = undefined;
      profile.destroy();
    }
  }

  matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
    const { orientation, rows, columns, inner, stride, columnOffset, accumulate } = checks.matmulSizes(
      a,
      b,
      options,
    );
    const out = options.into ?? this.#empty([rows, columns], 'product');
    const [aRow, aInner] = orientation === 'tn' ? [1, rows] : [inner, 1];
    const [bColumn, bInner] = orientation === 'nt' ? [inner, 1] : [1, columns];
    this.#inTiles(rows, columns * inner, (start, end) => {
      this.#run('matmul', {
        tensors: { a, b, bias: options.bias ?? b, out },
        packed: ['a', 'b', 'bias'],
        params: {
          rows: end,
          columns,
          inner,
          a_row: aRow,
          a_inner: aInner,
          b_column: bColumn,
          b_inner: bInner,
          out_stride: stride,
          out_offset: columnOffset,
          first_row: start,
          has_bias: options.bias ? 1 : 0,
          accumulate: accumulate ? 1 : 0,
        },
        groups: [Math.ceil(columns / TILE), Math.ceil((end - start) / TILE)],
        work: (end - start) * columns * inner,
      });
    });
    return out;
  }

  weightedSum(x: Tensor, alpha: number, y?: Tensor, beta = 1): Tensor {
    const { count } = checks.weightedSumSizes(x, alpha, y, beta);
    const out = this.#empty(x.shape, 'weighted sum');
    this.#run('weighted_sum', {
      tensors: { x, y: y ?? x, out },
      packed: ['x', 'y'],
      params: { count, has_y: y ? 1 : 0, alpha, beta: y ? beta : 0 },
      groups: folded(count / 256),
      work: count,
    });
    return out;
  }

  gather(x: Tensor, index: Tensor, options: { axis?: 0 | 1; offset?: number; into?: Tensor } = {}): Tensor {
    const sizes = checks.gatherSizes(x, index, options);
    const out = options.into ?? this.zeros(sizes.shape, 'gathered');
    const rows = sizes.axis === 0 ? sizes.count : sizes.rows;
    const columns = sizes.axis === 0 ? sizes.columns : sizes.count;
    this.#run('gather', {
      tensors: { x, index, out },
      packed: ['x'],
      params: {
        rows,
        columns,
        x_rows: sizes.rows,
        x_columns: sizes.columns,
        axis: sizes.axis,
        offset: sizes.offset,
      },
      groups: folded((rows * columns) / 256),
      work: rows * columns,
    });
    return out;
  }

  extent(x: Tensor): Tensor {
    const { count } = checks.extentSizes(x);
    return this.#plain([x], ([values]) => {
      const groups = Math.min(256, Math.ceil(count / 2048));
      const partial = this.#empty([groups, 2], 'extents');
      this.#run('extent', {
        tensors: { x: values, out: partial },
        params: { count, stride: 1 },
        groups: [groups, 1],
        work: count,
      });
      const out = this.#empty([2], 'extent');
      this.#run('extent', {
        tensors: { x: partial, out },
        params: { count: groups, stride: 2 },
        groups: [1, 1],
        work: groups,
      });
      this.free(partial);
      return out;
    });
  }

  maxAbsDifference(x: Tensor, y: Tensor): Tensor {
    const { count } = checks.maxAbsDifferenceSizes(x, y);
    return this.#plain([x, y], ([first, second]) => {
      const difference = this.#empty([count], 'absolute difference');
      this.#run('absolute_difference', {
        tensors: { x: first, y: second, out: difference },
        params: { count },
        groups: folded(count / 256),
        work: count,
      });
      const extent = this.extent(difference);
      const largest = this.#empty([1], 'largest difference');
      this.#queue.copy(this.#buffers.of(extent), 4, this.#buffers.of(largest), 0, 4);
      this.free(difference, extent);
      return largest;
    });
  }

  pairwiseDistance(a: Tensor, b: Tensor, rowStart: number, rows: number, into?: Tensor): Tensor {
    const { columns, inner } = checks.pairwiseDistanceSizes(a, b, rowStart, rows, into);
    const cost = into ?? this.#empty([rows, columns], 'cost');
    this.#inTiles(rows, columns * inner, (start, end) => {
      this.#run('pairwise_distance', {
        tensors: { a, b, cost },
        packed: ['a', 'b'],
        params: {
          first_row: rowStart + start,
          end_row: rowStart + end,
          rows: matrix(a)[0],
          columns,
          inner,
          band_start: rowStart,
        },
        groups: [Math.ceil(columns / TILE), Math.ceil((end - start) / TILE)],
        work: (end - start) * columns * inner,
      });
    });
    return cost;
  }

  rowPotential(band: CostBand, potentials: Potentials, logMarginal: number): void {
    const { rowStart, rows, columns } = checks.rowPotentialSizes(band, potentials, logMarginal);
    const { f, g, epsilon } = potentials;
    this.#run('row_potential', {
      tensors: { cost: band.cost, f, g },
      params: { row_start: rowStart, rows, columns, epsilon, log_marginal: logMarginal },
      groups: folded(rows / ROWS),
      work: rows * columns * EXP_WORK,
    });
  }

  columnLogSum(band: CostBand, potentials: Potentials, state: Tensor): void {
    const { rowStart, rows, columns } = checks.columnLogSumSizes(band, potentials, state);
    this.#run('column_log_sum', {
      tensors: { cost: band.cost, f: potentials.f, state },
      params: { row_start: rowStart, rows, columns, epsilon: potentials.epsilon },
      groups: [Math.ceil(columns / 32), 1],
      work: rows * columns * EXP_WORK,
    });
  }

  columnPotential(state: Tensor, potentials: Potentials, logMarginal: number, update: boolean): Tensor {
    const { columns } = checks.columnPotentialSizes(state, potentials, logMarginal);
    const error = this.#empty([1], 'marginal error');
    this.#run('column_potential', {
      tensors: { state, g: potentials.g, error },
      params: { columns, epsilon: potentials.epsilon, log_marginal: logMarginal, update: update ? 1 : 0 },
      groups: [1, 1],
      work: columns * EXP_WORK,
    });
    return error;
  }

  planRows(band: CostBand, potentials: Potentials): Tensor {
    const { rowStart, rows, columns } = checks.bandSizes('planRows', band, potentials);
    const out = this.#empty([rows, 4], 'plan rows');
    const { f, g, epsilon } = potentials;
    this.#run('plan_rows', {
      tensors: { cost: band.cost, f, g, out },
      params: { row_start: rowStart, rows, columns, epsilon },
      groups: folded(rows / ROWS),
      work: 2 * rows * columns * EXP_WORK,
    });
    return out;
  }

  applyPlan(
    band: CostBand,
    potentials: Potentials,
    x: Tensor,
    axis: 0 | 1,
    scale: number,
    into: Tensor,
  ): void {
    const { rowStart, rows, columns, total, width } = checks.applyPlanSizes(
      band,
      potentials,
      x,
      axis,
      scale,
      into,
    );
    const { f, g, epsilon } = potentials;
    this.#inTiles(columns, rows * (width + (EXP_WORK * width) / 4), (start, end) => {
      this.#run('apply_plan', {
        tensors: { cost: band.cost, f, g, x, out: into },
        packed: ['x'],
        params: {
          row_start: rowStart,
          rows,
          columns: end,
          cost_stride: columns,
          width,
          x_i: axis === 0 ? width : 1,
          x_c: axis === 0 ? 1 : total,
          out_j: axis === 0 ? width : 1,
          out_c: axis === 0 ? 1 : columns,
          first_column: start,
          epsilon,
          scale,
        },
        groups: [Math.ceil(width / TILE), Math.ceil((end - start) / TILE)],
        work: (end - start) * rows * (width + (EXP_WORK * width) / 4),
      });
    });
  }

  picture(band: CostBand, potentials: Potentials | undefined, window: Window, into: Tensor): void {
    const s = checks.pictureSizes(band, potentials, window, into);
    if (s.from >= s.to) return;
    this.#run('picture', {
      tensors: { cost: band.cost, f: potentials?.f ?? band.cost, g: potentials?.g ?? band.cost, out: into },
      params: {
        band_start: s.rowStart,
        band_rows: s.rows,
        columns: s.columns,
        row_start: window.rowStart,
        column_start: window.columnStart,
        window_rows: s.windowRows,
        window_columns: s.windowColumns,
        height: s.height,
        width: s.width,
        is_plan: potentials ? 1 : 0,
        epsilon: potentials?.epsilon ?? 1,
      },
      groups: [Math.ceil(s.width / 8), Math.ceil(s.height / 8)],
      work: (s.to - s.from) * s.windowColumns * (potentials ? EXP_WORK : 1),
    });
  }

  rmsNorm(x: Tensor, gain: Tensor, eps: number): Tensor {
    const { rows, columns } = checks.rmsNormSizes(x, gain, eps);
    return this.#plain([x], ([values]) => {
      const out = this.#empty(x.shape, 'normalised');
      this.#run('rms_norm', {
        tensors: { x: values, gain, out },
        packed: ['gain'],
        params: { rows, width: columns, eps },
        groups: folded(rows / ROWS),
        work: 2 * rows * columns,
      });
      return out;
    });
  }

  rope(x: Tensor, table: Tensor, headDim: number, positionStart: number): Tensor {
    const { rows, heads } = checks.ropeSizes(x, table, headDim, positionStart);
    return this.#plain([x, table], ([values, angles]) => {
      const out = this.#empty(x.shape, 'rotated');
      this.#run('rope', {
        tensors: { x: values, table: angles, out },
        params: { rows, heads, head_dim: headDim, position_start: positionStart },
        groups: folded((rows * heads * headDim) / 512),
        work: 2 * rows * heads * headDim,
      });
      return out;
    });
  }

  attention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
    const { queries, keys } = checks.attentionSizes(q, k, v, shape);
    const { heads, kvHeads, headDim, past } = shape;
    return this.#plain([q, k, v], ([queryValues, keyValues, values]) => {
      const out = this.#empty(q.shape, 'attended');
      this.#run('attention', {
        tensors: { q: queryValues, k: keyValues, v: values, out },
        params: {
          queries,
          heads,
          kv_heads: kvHeads,
          groups: headDim / 4,
          past,
          scale: 1 / Math.sqrt(headDim),
        },
        groups: [Math.ceil(queries / ROWS), heads],
        work: queries * heads * headDim * keys,
      });
      return out;
    });
  }

  swiglu(gate: Tensor, up: Tensor): Tensor {
    const { count } = checks.swigluSizes(gate, up);
    return this.#plain([gate, up], ([gates, values]) => {
      const out = this.#empty(gate.shape, 'gated');
      this.#run('swiglu', {
        tensors: { gate: gates, up: values, out },
        params: { count },
        groups: folded(count / 256),
        work: count * EXP_WORK,
      });
      return out;
    });
  }

  crossEntropy(logits: Tensor, targets: Tensor): Tensor {
    const { rows, columns } = checks.crossEntropySizes(logits, targets);
    return this.#plain([logits], ([values]) => {
      const out = this.#empty([rows], 'negative log-likelihood');
      this.#run('cross_entropy', {
        tensors: { logits: values, targets, out },
        params: { rows, vocabulary: columns },
        groups: folded(rows),
        work: rows * columns * EXP_WORK,
      });
      return out;
    });
  }

  #empty(shape: readonly number[], label: string): Tensor {
    const { bytes } = checks.newTensorSizes(shape, 'f32', label, this.info.maxTensorBytes);
    this.#check();
    return this.#buffers.make(shape, 'f32', bytes, label);
  }

  #run(name: string, { tensors, params, groups, work, packed = [] }: Run): void {
    this.#check();
    const constants = Object.fromEntries(
      packed.map((binding) => [`${binding.toUpperCase()}_DTYPE`, CODE[tensors[binding]?.dtype ?? 'f32']]),
    );
    const buffers = Object.fromEntries(
      Object.entries(tensors).map(([binding, tensor]) => [binding, this.#buffers.of(tensor)]),
    );
    this.#queue.dispatch({ kernel: kernel(name), constants, buffers, params, groups, work });
  }

  /** Calls `visit` for ranges of whole tiles whose work stays under what one dispatch should take. */
  #inTiles(size: number, workEach: number, visit: (start: number, end: number) => void): void {
    const tiles = Math.max(1, Math.floor(this.#queue.workLimit / (workEach * TILE)));
    for (let start = 0; start < size; start += tiles * TILE)
      visit(start, Math.min(size, start + tiles * TILE));
  }

  /** Hands `work` the tensors as f32, unpacked copies where they are packed. */
  #plain<T extends readonly Tensor[]>(tensors: readonly [...T], work: (plain: T) => Tensor): Tensor {
    const copies: Tensor[] = [];
    const plain = tensors.map((tensor) => {
      if (tensor.dtype === 'f32') return tensor;
      const copy = this.weightedSum(tensor, 1);
      copies.push(copy);
      return copy;
    });
    const result = work(plain as unknown as T);
    this.free(...copies);
    return result;
  }

  #check(): void {
    if (this.#disposed) throw new BackendError('the backend was used after it was disposed of');
    if (this.#lost) throw this.#lost;
  }
}

/** A number of workgroups as a grid no side of which exceeds what every device allows. */
function folded(groups: number): readonly [number, number] {
  const count = Math.ceil(groups);
  const x = Math.min(count, 32_768);
  return [x, Math.ceil(count / x)];
}

/** The view's bytes, padded to the multiple of 4 that `writeBuffer` wants. */
function whole(data: Uint8Array | Float32Array | Uint32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (bytes.byteLength % 4 === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}
