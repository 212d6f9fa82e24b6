import type { KernelTime, VariantChoice } from '../../backend/instruments';
import type { MemoryUse } from '../../backend/operations';

/** Jobs that look at the device itself. None changes a result. */
export interface DeviceJobs {
  /** Reports memory, the times of kernels and chosen variants. */
  device: { args: Record<string, never>; result: DeviceReport };
  /** Starts or stops timing the kernels of every job that computes. */
  timeKernels: { args: { on: boolean }; result: null };
  /** Measures how fast a device of this kind copies its memory. */
  bandwidth: { args: Record<string, never>; result: Bandwidth };
}

/** What the device has done so far. */
export interface DeviceReport {
  readonly memory: MemoryUse;
  /** Whether kernels are timed; `unavailable` where the device cannot. */
  readonly timing: 'on' | 'off' | 'unavailable';
  /** The kernels of the running job and of the last job of every name, latest first. */
  readonly jobs: readonly JobKernels[];
  /** Variants of kernels that were chosen by measuring them here. */
  readonly choices: readonly VariantChoice[];
}

/** The kernels that one job has called. Those of jobs that ran beside it, as pictures do, are among them. */
export interface JobKernels {
  /** Name of the job. */
  readonly job: string;
  readonly running: boolean;
  /** Time from its start to its end, or until now. */
  readonly milliseconds: number;
  /** Those with the most time first. */
  readonly kernels: readonly KernelUse[];
}

/** All calls of one kernel in a job. */
interface KernelUse extends KernelTime {
  readonly name: string;
}

/** Result of a measurement of copies in the device's memory. */
export interface Bandwidth {
  /** Bytes read and written per second. */
  readonly bytesPerSecond: number;
  /** Size of what was copied. */
  readonly bytes: number;
}
