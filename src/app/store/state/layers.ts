import type { Measurement } from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

/** The parts of a measurement that the tower shows. */
export type MeasuredLayers = Pick<Measurement, 'tensors' | 'blocks' | 'sample'>;

/** Keyed by model, recipe, text, backend and groups, so that a number is only shown for exactly what was measured. */
export type LayersState = OnDemand<MeasuredLayers>;

export interface WithLayers {
  readonly layers: LayersState;
}

export const INITIAL_LAYERS: LayersState = { entries: {} };
