import type { Problem } from './problem';

export type Device = 'webgpu' | 'wasm';

/** A library with its operations on one device. Every library has a file of its own here, ours included. */
export interface Contender {
  readonly name: string;
  /** Adapter, or threads, as the library says; for the log. */
  readonly description: string;
  /** Uploads a problem. Undefined if the library lacks what it takes, such as gradients. */
  prepare(problem: Problem): Promise<Prepared | undefined>;
  close(): void;
}

/** A problem on a device. */
export interface Prepared {
  /**
   * Does `steps` steps, each on the result of the one before, from the same start every time. Waits for the last, and reads back only
   * the entries that `sampleOf` names.
   */
  run(steps: number): Promise<Float32Array>;
  free(): void;
}
