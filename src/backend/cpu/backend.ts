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
import { pairwiseDistance } from './distance';
import * as matrix from './matrix';
import { macrotask } from './pause';
import { picture } from './picture';
import { MAX_TENSOR_BYTES, Store } from './storage';
import * as transformer from './transformer';
import * as transport from './transport';

/** Work done between two visits to the event loop, in milliseconds: about a frame. */
const SLICE_MS = 16;

/**
 * The operations in plain TypeScript. Results are held and summed in float64 and rounded to float32 when read, which makes it
 * the reference for other backends as well as the fallback where there is no usable GPU. Operations run at once;
 * `settle` lets messages through.
 */
export class CpuBackend implements Backend {
  readonly info: BackendInfo = {
    kind: 'cpu',
    description: 'plain TypeScript, float64 accumulation',
    software: false,
    maxTensorBytes: MAX_TENSOR_BYTES,
    limits: {},
    features: [],
  };
  readonly #store = new Store();
  #sliceStart = performance.now();

  memory(): MemoryUse {
    return this.#store.memory();
  }

  upload(
    data: Uint8Array | Float32Array | Uint32Array,
    shape: readonly number[],
    dtype: DType,
    label: string,
  ): Tensor {
    return this.#store.upload(data, shape, dtype, label);
  }

  zeros(shape: readonly number[], label: string): Tensor {
    return this.#store.zeros(shape, label);
  }

  write(tensor: Tensor, data: Float32Array | Uint32Array): void {
    this.#store.write(tensor, data);
  }

  copyRows(source: Tensor, target: Tensor, rowOffset: number): void {
    matrix.copyRows(this.#store, source, target, rowOffset);
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const values = this.#store.read(tensor);
    await this.#breathe();
    return values;
  }

  free(...tensors: readonly Tensor[]): void {
    this.#store.free(tensors);
  }

  async settle(): Promise<void> {
    this.#store.check();
    await this.#breathe();
  }

  dispose(): void {
    this.#store.dispose();
  }

  matmul(a: Tensor, b: Tensor, options?: MatmulOptions): Tensor {
    return matrix.matmul(this.#store, a, b, options);
  }

  weightedSum(x: Tensor, alpha: number, y?: Tensor, beta?: number): Tensor {
    return matrix.weightedSum(this.#store, x, alpha, y, beta);
  }

  gather(x: Tensor, index: Tensor, options?: Parameters<Backend['gather']>[2]): Tensor {
    return matrix.gather(this.#store, x, index, options);
  }

  extent(x: Tensor): Tensor {
    return matrix.extent(this.#store, x);
  }

  maxAbsDifference(x: Tensor, y: Tensor): Tensor {
    return matrix.maxAbsDifference(this.#store, x, y);
  }

  pairwiseDistance(a: Tensor, b: Tensor, rowStart: number, rows: number, into?: Tensor): Tensor {
    return pairwiseDistance(this.#store, a, b, rowStart, rows, into);
  }

  rowPotential(band: CostBand, potentials: Potentials, logMarginal: number): void {
    transport.rowPotential(this.#store, band, potentials, logMarginal);
  }

  columnLogSum(band: CostBand, potentials: Potentials, state: Tensor): void {
    transport.columnLogSum(this.#store, band, potentials, state);
  }

  columnPotential(state: Tensor, potentials: Potentials, logMarginal: number, update: boolean): Tensor {
    return transport.columnPotential(this.#store, state, potentials, logMarginal, update);
  }

  planRows(band: CostBand, potentials: Potentials): Tensor {
    return transport.planRows(this.#store, band, potentials);
  }

  applyPlan(
    band: CostBand,
    potentials: Potentials,
    x: Tensor,
    axis: 0 | 1,
    scale: number,
    into: Tensor,
  ): void {
    transport.applyPlan(this.#store, band, potentials, x, axis, scale, into);
  }

  picture(band: CostBand, potentials: Potentials | undefined, window: Window, into: Tensor): void {
    picture(this.#store, band, potentials, window, into);
  }

  rmsNorm(x: Tensor, gain: Tensor, eps: number): Tensor {
    return transformer.rmsNorm(this.#store, x, gain, eps);
  }

  rope(x: Tensor, table: Tensor, headDim: number, positionStart: number): Tensor {
    return transformer.rope(this.#store, x, table, headDim, positionStart);
  }

  attention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
    return transformer.attention(this.#store, q, k, v, shape);
  }

  swiglu(gate: Tensor, up: Tensor): Tensor {
    return transformer.swiglu(this.#store, gate, up);
  }

  crossEntropy(logits: Tensor, targets: Tensor): Tensor {
    return transformer.crossEntropy(this.#store, logits, targets);
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#sliceStart < SLICE_MS) return;
    await macrotask();
    this.#sliceStart = performance.now();
  }
}
