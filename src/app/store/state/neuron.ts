import type { NeuronReport } from '../../../engine/jobs';
import type { OnDemand } from '../core/on-demand';

export type NeuronState = OnDemand<NeuronReport>;

export interface WithNeuron {
  readonly neuron: NeuronState;
}

export const INITIAL_NEURON: NeuronState = { entries: {} };
