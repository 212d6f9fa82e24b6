import type { Backend } from '../operations';
import type { Threading } from './threads';

/** Opens the fastest CPU backend available: WebAssembly with SIMD, with threads if allowed, else plain TypeScript. */
export async function openCpu(threading?: Threading): Promise<Backend> {
  try {
    // Both are imported on demand, because a page that computes on its GPU needs neither.
    const { WasmBackend } = await import('./backend');
    return await WasmBackend.open(threading);
  } catch {
    const { CpuBackend } = await import('../cpu/backend');
    return new CpuBackend();
  }
}
