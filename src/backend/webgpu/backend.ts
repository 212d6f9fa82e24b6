import type { Args, Backend, BackendInfo, MemoryUse, Tensor } from '../operations';
import { acquireDevice } from './device';
import * as gradients from './gradients';
import * as matrix from './matrix';
import type { KernelTime } from './profile';
import { Runner } from './runner';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

/** The operations in WGSL, one kernel per file in `shaders/`. */
export class WebGpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly #runner: Runner;

  private constructor(runner: Runner) {
    this.info = runner.info;
    this.#runner = runner;
  }

  /** @throws NoAdapterError when WebGPU has no adapter here. */
  static async open(gpu: GPU): Promise<WebGpuBackend> {
    const { device, info } = await acquireDevice(gpu);
    return new WebGpuBackend(new Runner(device, info));
  }

  memory(): MemoryUse {
    return this.#runner.memory();
  }

  /** Compiles kernels ahead of their first use, so that a first picture does not wait for them one after the other. */
  warm(names: readonly string[]): void {
    this.#runner.warm(names);
  }

  /** Runs `work` with every dispatch timed by timestamp queries; undefined where the device has none. */
  profile(work: () => Promise<void>): Promise<ReadonlyMap<string, KernelTime> | undefined> {
    return this.#runner.profile(work);
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

  read(...args: Args<'read'>): Promise<Float32Array> {
    return this.#runner.read(...args);
  }

  free(...tensors: readonly Tensor[]): void {
    this.#runner.free(...tensors);
  }

  settle(): Promise<void> {
    return this.#runner.settle();
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
    return matrix.unitRows(this.#runner, ...args);
  }

  pairwiseDistance(...args: Args<'pairwiseDistance'>): Tensor {
    return matrix.pairwiseDistance(this.#runner, ...args);
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
    return transport.planRows(this.#runner, ...args);
  }

  applyPlan(...args: Args<'applyPlan'>): void {
    transport.applyPlan(this.#runner, ...args);
  }

  picture(...args: Args<'picture'>): void {
    transport.picture(this.#runner, ...args);
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
    return gradients.attentionGradient(this.#runner, ...args);
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
