import type { Backend, Tensor } from './operations';

/** What the calls of one kernel added up to. */
export interface KernelTime {
  readonly calls: number;
  readonly milliseconds: number;
  /** Rough number of multiply-adds (an exp counts as ten); 0 where the backend does not know it. */
  readonly work: number;
  /** Bytes of the tensors bound, each counted once a call, also where a kernel reads a part of one; 0 where unknown. */
  readonly bytes: number;
}

/** Times by the name of the kernel. */
export type KernelTimes = ReadonlyMap<string, KernelTime>;

/** The variant of a kernel that was measured to be the fastest here for a class of shapes. */
export interface VariantChoice {
  readonly shapeClass: string;
  readonly variant: string;
  /** What it reached when it was measured, in GFLOP/s. */
  readonly rate?: number;
}

/** What a backend can say about its own work. It changes no result. */
export interface Instruments {
  /** False where the device has no timestamp queries. */
  readonly canTimeKernels: boolean;
  /** Starts timing every call of a kernel from zero, or stops it. Timing slows down work of many small calls. */
  timeKernels(on: boolean): Promise<void>;
  /** Sums since `timeKernels(true)` over all calls that have finished; empty while nothing is timed. They go on changing. */
  kernelTimes(): KernelTimes;
  /** Copies an f32 matrix to another of its shape with the widest loads there are, to measure bandwidth. */
  copy(source: Tensor, target: Tensor): void;
  /** The variants chosen so far. */
  choices?(): readonly VariantChoice[];
}

/** True for the backends that the page computes with; the plain TypeScript one measures nothing. */
export const hasInstruments = (backend: Backend): backend is Backend & Instruments =>
  'canTimeKernels' in backend;
