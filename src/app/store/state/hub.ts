import type { HubSummary, JobFailure, KeptSummary, Progress } from '../../../engine/jobs';
import type { HubModel } from '../../../recipe/hub';
import type { ModelSource } from '../../../recipe/schema';

/** The search for a model on a Hub: `model` is being looked up, was found, or was not. */
export type LookUp =
  | { readonly status: 'idle' }
  | { readonly status: 'running'; readonly model: HubModel; readonly progress?: Progress }
  | { readonly status: 'done'; readonly model: HubModel; readonly summary: HubSummary }
  | { readonly status: 'failed'; readonly model: HubModel; readonly failure: JobFailure };

export interface HubState {
  /** The model that a link or a lesson asks for, until the person has opened it or closed its dialog. */
  readonly asked?: Extract<ModelSource, { kind: 'url' | 'hub' }> | undefined;
  readonly lookUp: LookUp;
  /** What is kept; undefined until it was asked for. */
  readonly kept?: KeptSummary | undefined;
  readonly keptFailure?: JobFailure | undefined;
}

export interface WithHub {
  readonly hub: HubState;
}

export const INITIAL_HUB: HubState = { lookUp: { status: 'idle' } };
