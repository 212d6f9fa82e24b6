/** A thread that runs `serve` (see `assemble`). */
export interface Thread {
  terminate(): void;
}

/** Starts a thread on the module and the shared memory. Resolves when the thread runs `serve`. */
export type SpawnThread = (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  index: number,
) => Promise<Thread>;

export interface Threading {
  /** Number of computing threads, including this one. */
  readonly count: number;
  readonly spawn: SpawnThread;
  /** Seconds without any progress of a kernel after which another thread is taken for dead. Default 30. */
  readonly patience?: number;
}

/** With more threads, kernels are limited by memory bandwidth. */
export const MAX_THREADS = 16;

/** True if this thread can share memory and block: not on a page's main thread, and only if the page is cross-origin isolated. */
export function canUseThreads(): boolean {
  try {
    return (
      globalThis.crossOriginIsolated !== false &&
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0) === 'timed-out'
    );
  } catch {
    return false;
  }
}
