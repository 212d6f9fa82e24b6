/**
 * This folder is the backend on WebGPU. The files of operations say which kernel of `shaders/` runs on what; the runner, queue and
 * buffers behind them own the device. No arithmetic lives here, and no GPU object leaves it. `node.ts` alone is for Node.
 */
import { backendClass } from '../backend-class';
import type { Backend, BackendInfo, Tensor } from '../operations';
import { acquireDevice } from './device';
import * as extent from './extent';
import * as gradients from './gradients';
import * as matrix from './matrix';
import type { KernelTime } from './profile';
import { Runner } from './runner';
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

  /** @throws NoAdapterError when WebGPU has no adapter here. */
  static async open(gpu: GPU): Promise<WebGpuBackend> {
    const { device, info } = await acquireDevice(gpu);
    return new WebGpuBackend(new Runner(device, info));
  }

  /** Compiles kernels ahead of their first use, so that a first picture does not wait for them one after the other. */
  precompile(names: readonly string[]): void {
    this.store.precompile(names);
  }

  /** Runs `work` with every dispatch timed by timestamp queries; undefined where the device has none. */
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
