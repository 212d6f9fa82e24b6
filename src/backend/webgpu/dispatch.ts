import type { Kernel } from './kernels';

/** One call of a kernel, as data. */
export interface Dispatch {
  readonly kernel: Kernel;
  readonly constants: Readonly<Record<string, number>>;
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly params: Readonly<Record<string, number>>;
  readonly groups: readonly [number, number];
  /** Rough number of multiply-adds (an exp counts as ten), used to limit the size of submissions. */
  readonly work: number;
}
