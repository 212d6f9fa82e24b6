import { CpuBackend } from '../src/backend/cpu/backend';
import type { Backend } from '../src/backend/operations';
import { WasmBackend } from '../src/backend/wasm/backend';
import { nodeThreads } from '../src/backend/wasm/thread-node';
import { WebGpuBackend } from '../src/backend/webgpu/backend';
import { openDawn } from '../src/backend/webgpu/node';

export interface TestBackend {
  readonly name: string;
  open(): Promise<Backend>;
  /**
   * Tolerances of the suite are stated for float32 arithmetic and multiplied by this. Rounding to float32 when a result is
   * read is allowed on top.
   */
  readonly toleranceScale: number;
}

/** Every backend the shared operation suite runs on. */
export async function openBackends(): Promise<TestBackend[]> {
  return [
    { name: 'cpu', open: async () => new CpuBackend(), toleranceScale: 1e-7 },
    { name: 'wasm', open: () => WasmBackend.open({ ...nodeThreads(), count: 2 }), toleranceScale: 1 },
    { name: 'webgpu', open: async () => WebGpuBackend.open(await openDawn()), toleranceScale: 1 },
  ];
}
