import type { Backend } from '../operations';
import type { Threading } from './threads';

/** The fastest CPU backend there is here: WebAssembly with SIMD, on threads where it may have them, or else plain TypeScript. */
export async function openCpu(threading?: Threading): Promise<Backend> {
  try {
    // Fetched when asked for, as the other: a page that computes on its GPU does without both.
    const { WasmBackend } = await import('./backend');
    return await WasmBackend.open(threading);
  } catch {
    const { CpuBackend } = await import('../cpu/backend');
    return new CpuBackend();
  }
}
