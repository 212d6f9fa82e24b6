import { CpuBackend } from '../src/backend/cpu/backend';
import type { Backend } from '../src/backend/operations';
import { WasmBackend } from '../src/backend/wasm/backend';
import { nodeThreads } from '../src/backend/wasm/thread-node';
import { WebGpuBackend } from '../src/backend/webgpu/backend';
import { openDawn } from '../src/backend/webgpu/node';

export interface TestBackend {
  readonly name: string;
  /**
   * True for WebGPU, which the tests must expect to be a software adapter, some fifty times slower than the rest. What is
   * written once against the operations runs there on a few cases that could differ on a device; every kernel runs there on
   * all of the operation suite's.
   */
  readonly slow: boolean;
  open(): Promise<Backend>;
  /**
   * Tolerances of the suite are stated for float32 arithmetic and multiplied by this. Rounding to float32 when a result is
   * read is allowed on top.
   */
  readonly toleranceScale: number;
}

const BACKENDS: readonly TestBackend[] = [
  { name: 'cpu', slow: false, open: async () => new CpuBackend(), toleranceScale: 1e-7 },
  {
    name: 'wasm',
    slow: false,
    open: () => WasmBackend.open({ ...nodeThreads(), count: 2 }),
    toleranceScale: 1,
  },
  { name: 'webgpu', slow: true, open: async () => WebGpuBackend.open(await openDawn()), toleranceScale: 1 },
];

/** Every backend that tests run on; in the fast part of the tests all but the slow one. */
export const openBackends = async (): Promise<readonly TestBackend[]> =>
  process.env['TESTS'] === 'fast' ? BACKENDS.filter(({ slow }) => !slow) : BACKENDS;
