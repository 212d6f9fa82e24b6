import type { Measurement } from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

/** What is kept of a measurement of single layers. */
export type MeasuredLayers = Pick<Measurement, 'tensors' | 'blocks' | 'sample'>;

/** By model, recipe, text, backend and groups: a number is only ever drawn beside exactly what it was measured on. */
export type LayersState = OnDemand<MeasuredLayers>;

/** A state that has this part. */
export interface WithLayers {
  readonly layers: LayersState;
}

export const INITIAL_LAYERS: LayersState = { entries: {} };
