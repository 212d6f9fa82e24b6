import type {
  ExportResult,
  Forecast,
  JobFailure,
  Progress,
  SavedDType,
  SavedLoss,
} from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

export interface ExportState {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  readonly progress?: Progress | undefined;
  readonly result?: ExportResult | undefined;
  /** Name of the folder or archive that was written. */
  readonly written?: string | undefined;
  readonly failure?: JobFailure | undefined;
  /** Name of the trained run to write; without it the current recipe is written untrained. */
  readonly arm?: string | undefined;
  /** What computed and trained tensors are saved in. */
  readonly dtype: SavedDType;
  /** Losses before saving, by `savedLossKey`. */
  readonly losses: OnDemand<SavedLoss>;
  /** Time and memory of making the new blocks, by `forecastKey`. */
  readonly forecasts: OnDemand<Forecast>;
}

export interface WithExport {
  readonly exporting: ExportState;
}

/** Nothing written yet, or in this dialog. */
export const NOT_WRITTEN = {
  status: 'idle',
  progress: undefined,
  result: undefined,
  written: undefined,
  failure: undefined,
} as const satisfies Partial<ExportState>;

export const INITIAL_EXPORT: ExportState = {
  ...NOT_WRITTEN,
  dtype: 'source',
  losses: { entries: {} },
  forecasts: { entries: {} },
};
