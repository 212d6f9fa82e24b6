import type { Bandwidth, DeviceReport, JobFailure } from '../../../engine/jobs';

export interface DeviceState {
  /** The engine's last report; undefined until there is one of the current backend. */
  readonly report?: DeviceReport | undefined;
  /** Name of the job whose kernels are chosen; null for the latest. */
  readonly job: string | null;
  readonly measuring: boolean;
  /** The measured bandwidth, and the backend's description that it is of. */
  readonly bandwidth?: { readonly of: string; readonly result: Bandwidth };
  readonly failure?: JobFailure | undefined;
}

export interface WithDevice {
  readonly device: DeviceState;
}

export const INITIAL_DEVICE: DeviceState = { job: null, measuring: false };
