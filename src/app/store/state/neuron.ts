import type { NeuronReport } from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

export type NeuronState = OnDemand<NeuronReport>;

/** A state that has this part. */
export interface WithNeuron {
  readonly neuron: NeuronState;
}

export const INITIAL_NEURON: NeuronState = { entries: {} };
