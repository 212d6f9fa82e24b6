import { Breath } from '../breath';
import type { Args, Backend, BackendInfo, MemoryUse, Tensor } from '../operations';
import { attentionGradient } from './attention-gradient';
import { pairwiseDistance } from './distance';
import * as gradients from './gradients';
import * as matrix from './matrix';
import { picture } from './picture';
import { MAX_TENSOR_BYTES, Store } from './storage';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

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
  readonly #breath = new Breath();

  memory(): MemoryUse {
    return this.#store.memory();
  }

  upload(...args: Args<'upload'>): Tensor {
    return this.#store.upload(...args);
  }

  zeros(...args: Args<'zeros'>): Tensor {
    return this.#store.zeros(...args);
  }

  write(...args: Args<'write'>): void {
    this.#store.write(...args);
  }

  copyRows(...args: Args<'copyRows'>): void {
    matrix.copyRows(this.#store, ...args);
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const values = this.values(tensor);
    await this.#breath.take();
    return values;
  }

  /** What `read` gives, at once. */
  values(tensor: Tensor): Float32Array {
    return this.#store.read(tensor);
  }

  free(...tensors: readonly Tensor[]): void {
    this.#store.free(tensors);
  }

  async settle(): Promise<void> {
    this.#store.check();
    await this.#breath.take();
  }

  dispose(): void {
    this.#store.dispose();
  }

  matmul(...args: Args<'matmul'>): Tensor {
    return matrix.matmul(this.#store, ...args);
  }

  weightedSum(...args: Args<'weightedSum'>): Tensor {
    return matrix.weightedSum(this.#store, ...args);
  }

  gather(...args: Args<'gather'>): Tensor {
    return matrix.gather(this.#store, ...args);
  }

  extent(...args: Args<'extent'>): Tensor {
    return matrix.extent(this.#store, ...args);
  }

  maxAbsDifference(...args: Args<'maxAbsDifference'>): Tensor {
    return matrix.maxAbsDifference(this.#store, ...args);
  }

  unitRows(...args: Args<'unitRows'>): Tensor {
    return matrix.unitRows(this.#store, ...args);
  }

  pairwiseDistance(...args: Args<'pairwiseDistance'>): Tensor {
    return pairwiseDistance(this.#store, ...args);
  }

  rowMoments(...args: Args<'rowMoments'>): Tensor {
    return transport.rowMoments(this.#store, ...args);
  }

  rowPotential(...args: Args<'rowPotential'>): void {
    transport.rowPotential(this.#store, ...args);
  }

  columnLogSum(...args: Args<'columnLogSum'>): void {
    transport.columnLogSum(this.#store, ...args);
  }

  columnPotential(...args: Args<'columnPotential'>): Tensor {
    return transport.columnPotential(this.#store, ...args);
  }

  planRows(...args: Args<'planRows'>): Tensor {
    return transport.planRows(this.#store, ...args);
  }

  applyPlan(...args: Args<'applyPlan'>): void {
    transport.applyPlan(this.#store, ...args);
  }

  picture(...args: Args<'picture'>): void {
    picture(this.#store, ...args);
  }

  rmsNorm(...args: Args<'rmsNorm'>): Tensor {
    return transformer.rmsNorm(this.#store, ...args);
  }

  rope(...args: Args<'rope'>): Tensor {
    return transformer.rope(this.#store, ...args);
  }

  attention(...args: Args<'attention'>): Tensor {
    return transformer.attention(this.#store, ...args);
  }

  swiglu(...args: Args<'swiglu'>): Tensor {
    return transformer.swiglu(this.#store, ...args);
  }

  crossEntropy(...args: Args<'crossEntropy'>): Tensor {
    return transformer.crossEntropy(this.#store, ...args);
  }

  relu(...args: Args<'relu'>): Tensor {
    return training.relu(this.#store, ...args);
  }

  reluGradient(...args: Args<'reluGradient'>): Tensor {
    return training.reluGradient(this.#store, ...args);
  }

  normMatchedLoss(...args: Args<'normMatchedLoss'>): Tensor {
    return training.normMatchedLoss(this.#store, ...args);
  }

  adamW(...args: Args<'adamW'>): void {
    training.adamW(this.#store, ...args);
  }

  rmsNormGradient(...args: Args<'rmsNormGradient'>): Tensor {
    return gradients.rmsNormGradient(this.#store, ...args);
  }

  attentionGradient(...args: Args<'attentionGradient'>): { q: Tensor; k: Tensor; v: Tensor } {
    return attentionGradient(this.#store, ...args);
  }

  swigluGradient(...args: Args<'swigluGradient'>): { gate: Tensor; up: Tensor } {
    return gradients.swigluGradient(this.#store, ...args);
  }

  crossEntropyGradient(...args: Args<'crossEntropyGradient'>): void {
    gradients.crossEntropyGradient(this.#store, ...args);
  }

  scatterAdd(...args: Args<'scatterAdd'>): void {
    gradients.scatterAdd(this.#store, ...args);
  }

  squaredNorm(...args: Args<'squaredNorm'>): Tensor {
    return gradients.squaredNorm(this.#store, ...args);
  }
}
