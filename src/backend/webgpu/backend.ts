/**
 * This folder is the WebGPU backend. The files of operations choose the kernel of `shaders/` and its arguments; runner, queue and
 * buffers own the device. It does no arithmetic itself, and exposes no GPU objects. Only `node.ts` is for Node.
 */
import { backendClass } from '../backend-class';
import type { Backend, BackendInfo, Tensor } from '../operations';
import { acquireDevice } from './device';
import * as extent from './extent';
import * as gradients from './gradients';
import * as matrix from './matrix';
import type { KernelTime } from './profiler';
import { Runner, type Forms } from './runner';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

const operations = { ...matrix, ...extent, ...transport, ...transformer, ...training, ...gradients };

/** The operations in WGSL, one kernel per file in `shaders/`. */
export class WebGpuBackend extends backendClass<Runner>(operations) implements Backend {
  readonly info: BackendInfo;

  private constructor(runner: Runner) {
    super(runner);
    this.info = runner.info;
  }

  /**
   * @param forms replace the choice of kernels by adapter and shape, for tests.
   * @throws NoAdapterError if there is no WebGPU adapter.
   */
  static async open(gpu: GPU, forms?: Forms): Promise<WebGpuBackend> {
    const { device, info } = await acquireDevice(gpu);
    return new WebGpuBackend(new Runner(device, info, forms));
  }

  /** Starts compiling kernels before their first use, so that the first picture does not wait for each in turn. */
  precompile(names: readonly string[]): void {
    this.store.precompile(names);
  }

  /** Runs `work` and times every dispatch with timestamp queries. Resolves to undefined if the device has none. */
  profile(work: () => Promise<void>): Promise<ReadonlyMap<string, KernelTime> | undefined> {
    return this.store.profile(work);
  }

  read(tensor: Tensor): Promise<Float32Array> {
    return this.store.read(tensor);
  }

  settle(): Promise<void> {
    return this.store.settle();
  }
}
