import type { BackendSummary, Jobs } from '../../../engine/jobs';

export const BACKEND_CHOICES = ['auto', 'webgpu', 'cpu'] as const;

export type BackendChoice = (typeof BACKEND_CHOICES)[number];

export interface BackendState {
  /** What the user chose; `auto` is whichever is faster on this device. */
  readonly choice: BackendChoice;
  readonly status: 'starting' | 'ready' | 'failed';
  readonly summary?: BackendSummary;
  readonly memory?: Jobs['memory']['result'];
  readonly noticeDismissed: boolean;
}

export interface WithBackend {
  readonly backend: BackendState;
}

export const INITIAL_BACKEND: BackendState = {
  choice: 'auto',
  status: 'starting',
  noticeDismissed: false,
};
