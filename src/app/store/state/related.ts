import type { JobFailure, Jobs, Related } from '../../../engine/jobs';

export type RelatedRequest = Jobs['related']['args'];

export interface RelatedState {
  readonly shown?: { readonly request: RelatedRequest; readonly found: readonly Related[] } | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface WithRelated {
  readonly related: RelatedState;
}

export const INITIAL_RELATED: RelatedState = {};
