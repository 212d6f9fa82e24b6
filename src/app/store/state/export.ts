import type { ExportResult, JobFailure, Progress } from '../../../engine/jobs';

export interface ExportState {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  readonly progress?: Progress | undefined;
  readonly result?: ExportResult | undefined;
  /** Name of the folder or archive that was written. */
  readonly written?: string | undefined;
  readonly failure?: JobFailure | undefined;
  /** Name of the trained run to write; without it the current recipe is written untrained. */
  readonly arm?: string | undefined;
}

export interface WithExport {
  readonly exporting: ExportState;
}

export const INITIAL_EXPORT: ExportState = { status: 'idle' };
