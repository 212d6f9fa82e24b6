/**
 * This folder is the fast CPU backend: WebAssembly that is assembled when the backend is opened. `kernels/` has the code that runs in
 * WebAssembly, written with `assembler/`. `runner.ts` splits work among threads. The other files are the operations, which run
 * kernels. Operations without a kernel fall back to `../cpu`.
 */
import { backendClass } from '../backend-class';
import type { Instruments, KernelTimes } from '../instruments';
import { KernelLedger } from '../kernel-ledger';
import { EventLoopYielder } from '../event-loop-yielder';
import type { Backend, BackendInfo, Tensor } from '../operations';
import * as attentionGradient from './attention-gradient';
import { copy } from './copy';
import * as distance from './distance';
import * as gradients from './gradients';
import { MAX_PAGES, PAGE } from './layout';
import * as matrix from './matrix';
import * as plan from './plan';
import { Runner } from './runner';
import { MAX_TENSOR_BYTES } from './store';
import type { Threading } from './threads';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

const operations = {
  ...matrix,
  ...distance,
  ...transport,
  ...plan,
  ...transformer,
  ...training,
  ...gradients,
  ...attentionGradient,
};

/**
 * The operations in WebAssembly with 128-bit SIMD, in f32, on one or more threads with shared memory. Results do not depend on the
 * number of threads. Operations block this thread; `settle` lets it handle messages.
 */
export class WasmBackend extends backendClass<Runner>(operations) implements Backend, Instruments {
  readonly canTimeKernels = true;
  readonly info: BackendInfo;
  readonly #yielder = new EventLoopYielder();

  private constructor(runner: Runner) {
    super(runner);
    const { threads } = runner;
    this.info = {
      kind: 'cpu',
      description: `CPU, WebAssembly SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      software: false,
      maxTensorBytes: MAX_TENSOR_BYTES,
      limits: { threads, maxMemoryBytes: MAX_PAGES * PAGE },
      features: [
        'simd',
        ...(runner.kernelModule.relaxed ? ['relaxed-simd'] : []),
        ...(threads > 1 ? ['threads'] : []),
      ],
    };
  }

  /**
   * Opens a backend, on one thread if `threading` is missing or this thread must not block. It uses relaxed SIMD where the engine has
   * it, unless `relaxedSimd` says otherwise; its results are then rounded differently.
   * @throws WebAssembly.CompileError without SIMD support, or with `relaxedSimd` where there is none.
   */
  static async open(threading?: Threading, relaxedSimd?: boolean): Promise<WasmBackend> {
    return new WasmBackend(await Runner.open(threading, relaxedSimd));
  }

  /** Times only kernels in WebAssembly, with the wait for the other threads. */
  async timeKernels(on: boolean): Promise<void> {
    if (on !== (this.store.ledger !== undefined)) this.store.ledger = on ? new KernelLedger() : undefined;
  }

  kernelTimes(): KernelTimes {
    return this.store.ledger?.times ?? new Map();
  }

  copy(source: Tensor, target: Tensor): void {
    copy(this.store, source, target);
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const values = this.store.read(tensor);
    await this.#yielder.yieldIfDue();
    return values;
  }

  async settle(): Promise<void> {
    this.store.check();
    await this.#yielder.yieldIfDue();
  }

  /** None: operations throw at once. */
  async failure(): Promise<undefined> {
    return undefined;
  }
}
