/** A thread that serves (see `assemble`). */
export interface Thread {
  terminate(): void;
}

/** Starts a thread on the module and the memory it shares with this one; resolves when it serves. */
export type SpawnThread = (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  index: number,
) => Promise<Thread>;

export interface Threading {
  /** Threads that compute, this one included. */
  readonly count: number;
  readonly spawn: SpawnThread;
}

/** More threads than this wait for memory rather than compute. */
export const MOST_THREADS = 16;

/** Whether this thread may share memory with others and wait for them: not in a page's own, nor one that is not isolated. */
export function canThread(): boolean {
  try {
    return (
      globalThis.crossOriginIsolated !== false &&
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0) === 'timed-out'
    );
  } catch {
    return false;
  }
}
