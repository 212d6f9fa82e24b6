import { CpuBackend } from '../src/backend/cpu/backend';
import type { Backend } from '../src/backend/operations';
import { WasmBackend } from '../src/backend/wasm/backend';
import { nodeThreads } from '../src/backend/wasm/thread-node';
import { WebGpuBackend } from '../src/backend/webgpu/backend';
import { openDawn } from '../src/backend/webgpu/node';
import { enableRelaxedSimd } from '../src/backend/wasm/relaxed-simd-node';

export interface TestBackend {
  readonly name: string;
  /**
   * True for WebGPU, which may be a software adapter, some fifty times slower than the other backends. It runs all cases of
   * the operation suite, but only a few cases of code that is written against the operations.
   */
  readonly slow: boolean;
  open(): Promise<Backend>;
  /**
   * Multiplies the suite's tolerances, which are for float32 arithmetic. Rounding a result to float32 on reading is allowed
   * in addition.
   */
  readonly toleranceScale: number;
}

enableRelaxedSimd();

const wasm = (name: string, relaxedSimd: boolean): TestBackend => ({
  name,
  slow: false,
  open: () => WasmBackend.open({ ...nodeThreads(), count: 2 }, relaxedSimd),
  toleranceScale: 1,
});

let shared: { readonly backend: WebGpuBackend; users: number } | undefined;

/**
 * The WebGPU backend of this process, opened anew if tests left tensors on it or made it fail. Test files share it, because a software
 * adapter compiles all kernels again for every device.
 */
async function openShared(): Promise<WebGpuBackend> {
  if (shared === undefined || (await shared.backend.failure()) !== undefined) {
    const backend = await WebGpuBackend.open(await openDawn());
    const [dispose, opened] = [backend.dispose.bind(backend), { backend, users: 0 }];
    backend.dispose = () => {
      if (--opened.users > 0 || backend.memory().tensors === 0) return;
      if (shared === opened) shared = undefined;
      dispose();
    };
    shared = opened;
  }
  shared.users++;
  return shared.backend;
}

const backendsWith = (openWebGpu: () => Promise<Backend>): readonly TestBackend[] =>
  [
    { name: 'cpu', slow: false, open: async () => new CpuBackend(), toleranceScale: 1e-7 },
    wasm('wasm', true),
    { name: 'webgpu', slow: true, open: openWebGpu, toleranceScale: 1 },
  ].filter(({ slow }) => !slow || process.env['TESTS'] !== 'fast');

/** Returns every backend to test code on that is written against the operations; without the slow one in the fast part of the tests. */
export const openBackends = async (): Promise<readonly TestBackend[]> => backendsWith(openShared);

/**
 * Like `openBackends`, for tests of the operations themselves: not shared, and with the kernels that a backend has instead where the
 * machine lacks something.
 */
export const openBackendsWithAllKernels = async (): Promise<readonly TestBackend[]> => [
  ...backendsWith(async () => WebGpuBackend.open(await openDawn())),
  wasm('wasm without relaxed SIMD', false),
];
