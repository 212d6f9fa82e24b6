/**
 * This folder is the WebGPU backend. The files of operations choose the kernel of `shaders/` and its arguments; runner, queue and
 * buffers own the device. It does no arithmetic itself, and exposes no GPU objects. Only `node.ts` is for Node.
 */
import { backendClass } from '../backend-class';
import type { Instruments, KernelTimes } from '../instruments';
import type { Backend, BackendInfo, Tensor } from '../operations';
import { copy } from './copy';
import { acquireDevice } from './device';
import * as extent from './extent';
import * as gradients from './gradients';
import * as matrix from './matrix';
import type { Choice } from './products/choice';
import { Runner, type RunnerOptions } from './runner';
import * as sinkhorn from './sinkhorn';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

const operations = {
  ...matrix,
  ...extent,
  ...transport,
  ...sinkhorn,
  ...transformer,
  ...training,
  ...gradients,
};

/** The operations in WGSL, one kernel per file in `shaders/`. */
export class WebGpuBackend extends backendClass<Runner>(operations) implements Backend, Instruments {
  readonly info: BackendInfo;

  private constructor(runner: Runner) {
    super(runner);
    this.info = runner.info;
  }

  /**
   * @throws NoAdapterError if there is no WebGPU adapter.
   */
  static async open(gpu: GPU, options: RunnerOptions = {}): Promise<WebGpuBackend> {
    const { device, info } = await acquireDevice(gpu);
    return new WebGpuBackend(new Runner(device, info, options));
  }

  /** The variant of its kernel that each class of products used so far runs with. */
  choices(): readonly Choice[] {
    return this.store.choices;
  }

  /** Starts compiling kernels before their first use, so that the first picture does not wait for each in turn. */
  precompile(names: readonly string[]): void {
    this.store.precompile(names);
  }

  /** Runs `work` and times every dispatch with timestamp queries. Resolves to undefined if the device has none. */
  profile(work: () => Promise<void>): Promise<KernelTimes | undefined> {
    return this.store.profile(work);
  }

  get canTimeKernels(): boolean {
    return this.store.canTimeKernels;
  }

  /** Gives every dispatch a pass of its own with timestamp queries while it is on, and waits for each submission. */
  timeKernels(on: boolean): Promise<void> {
    return this.store.timeKernels(on);
  }

  kernelTimes(): KernelTimes {
    return this.store.kernelTimes();
  }

  copy(source: Tensor, target: Tensor): void {
    copy(this.store, source, target);
  }

  read(tensor: Tensor): Promise<Float32Array> {
    return this.store.read(tensor);
  }

  settle(): Promise<void> {
    return this.store.settle();
  }

  failure(): Promise<Error | undefined> {
    return this.store.failure();
  }
}
