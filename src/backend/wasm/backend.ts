import { Breath } from '../breath';
import type { Args, Backend, BackendInfo, MemoryUse, Tensor } from '../operations';
import { MAX_PAGES, PAGE } from './layout';
import { attentionGradient } from './attention-gradient';
import * as distance from './distance';
import * as gradients from './gradients';
import * as matrix from './matrix';
import { Runner } from './runner';
import { MAX_TENSOR_BYTES } from './store';
import type { Threading } from './threads';
import * as plan from './plan';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

/**
 * The operations in WebAssembly with 128-bit vectors, in f32, on one thread or several that share a memory. Results do not depend
 * on the number of threads. Operations run at once, blocking this thread; `settle` lets messages through.
 */
export class WasmBackend implements Backend {
  readonly info: BackendInfo;
  readonly #runner: Runner;
  readonly #breath = new Breath();

  private constructor(runner: Runner) {
    const { threads } = runner;
    this.#runner = runner;
    this.info = {
      kind: 'cpu',
      description: `CPU, WebAssembly SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      software: false,
      maxTensorBytes: MAX_TENSOR_BYTES,
      limits: { threads, maxMemoryBytes: MAX_PAGES * PAGE },
      features: threads > 1 ? ['simd', 'threads'] : ['simd'],
    };
  }

  /**
   * With one thread where none is given or this thread may not wait for others.
   * @throws WebAssembly.CompileError where there is no SIMD.
   */
  static async open(threading?: Threading): Promise<WasmBackend> {
    return new WasmBackend(await Runner.open(threading));
  }

  memory(): MemoryUse {
    return this.#runner.memory();
  }

  upload(...args: Args<'upload'>): Tensor {
    return this.#runner.upload(...args);
  }

  zeros(...args: Args<'zeros'>): Tensor {
    return this.#runner.zeros(...args);
  }

  write(...args: Args<'write'>): void {
    this.#runner.write(...args);
  }

  copyRows(...args: Args<'copyRows'>): void {
    matrix.copyRows(this.#runner, ...args);
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const values = this.#runner.read(tensor);
    await this.#breath.take();
    return values;
  }

  free(...tensors: readonly Tensor[]): void {
    this.#runner.free(tensors);
  }

  async settle(): Promise<void> {
    this.#runner.check();
    await this.#breath.take();
  }

  dispose(): void {
    this.#runner.dispose();
  }

  matmul(...args: Args<'matmul'>): Tensor {
    return matrix.matmul(this.#runner, ...args);
  }

  weightedSum(...args: Args<'weightedSum'>): Tensor {
    return matrix.weightedSum(this.#runner, ...args);
  }

  gather(...args: Args<'gather'>): Tensor {
    return matrix.gather(this.#runner, ...args);
  }

  extent(...args: Args<'extent'>): Tensor {
    return matrix.extent(this.#runner, ...args);
  }

  maxAbsDifference(...args: Args<'maxAbsDifference'>): Tensor {
    return matrix.maxAbsDifference(this.#runner, ...args);
  }

  unitRows(...args: Args<'unitRows'>): Tensor {
    return distance.unitRows(this.#runner, ...args);
  }

  pairwiseDistance(...args: Args<'pairwiseDistance'>): Tensor {
    return distance.pairwiseDistance(this.#runner, ...args);
  }

  rowMoments(...args: Args<'rowMoments'>): Tensor {
    return transport.rowMoments(this.#runner, ...args);
  }

  rowPotential(...args: Args<'rowPotential'>): void {
    transport.rowPotential(this.#runner, ...args);
  }

  columnLogSum(...args: Args<'columnLogSum'>): void {
    transport.columnLogSum(this.#runner, ...args);
  }

  columnPotential(...args: Args<'columnPotential'>): Tensor {
    return transport.columnPotential(this.#runner, ...args);
  }

  planRows(...args: Args<'planRows'>): Tensor {
    return plan.planRows(this.#runner, ...args);
  }

  applyPlan(...args: Args<'applyPlan'>): void {
    plan.applyPlan(this.#runner, ...args);
  }

  picture(...args: Args<'picture'>): void {
    plan.picture(this.#runner, ...args);
  }

  rmsNorm(...args: Args<'rmsNorm'>): Tensor {
    return transformer.rmsNorm(this.#runner, ...args);
  }

  rope(...args: Args<'rope'>): Tensor {
    return transformer.rope(this.#runner, ...args);
  }

  attention(...args: Args<'attention'>): Tensor {
    return transformer.attention(this.#runner, ...args);
  }

  swiglu(...args: Args<'swiglu'>): Tensor {
    return transformer.swiglu(this.#runner, ...args);
  }

  crossEntropy(...args: Args<'crossEntropy'>): Tensor {
    return transformer.crossEntropy(this.#runner, ...args);
  }

  relu(...args: Args<'relu'>): Tensor {
    return training.relu(this.#runner, ...args);
  }

  reluGradient(...args: Args<'reluGradient'>): Tensor {
    return training.reluGradient(this.#runner, ...args);
  }

  normMatchedLoss(...args: Args<'normMatchedLoss'>): Tensor {
    return training.normMatchedLoss(this.#runner, ...args);
  }

  adamW(...args: Args<'adamW'>): void {
    training.adamW(this.#runner, ...args);
  }

  rmsNormGradient(...args: Args<'rmsNormGradient'>): Tensor {
    return gradients.rmsNormGradient(this.#runner, ...args);
  }

  attentionGradient(...args: Args<'attentionGradient'>): { q: Tensor; k: Tensor; v: Tensor } {
    return attentionGradient(this.#runner, ...args);
  }

  swigluGradient(...args: Args<'swigluGradient'>): { gate: Tensor; up: Tensor } {
    return gradients.swigluGradient(this.#runner, ...args);
  }

  crossEntropyGradient(...args: Args<'crossEntropyGradient'>): void {
    gradients.crossEntropyGradient(this.#runner, ...args);
  }

  scatterAdd(...args: Args<'scatterAdd'>): void {
    gradients.scatterAdd(this.#runner, ...args);
  }

  squaredNorm(...args: Args<'squaredNorm'>): Tensor {
    return gradients.squaredNorm(this.#runner, ...args);
  }
}
