import type { JobName } from '.';
import { Lane } from './lane';

/**
 * How a job shares the device with others. `heavy` jobs run one at a time. `light` ones are answered while a heavy one
 * computes, whenever it pauses. `exclusive` ones replace what both work on, and run alone.
 */
export type Weight = 'heavy' | 'light' | 'exclusive';

export const WEIGHTS: Readonly<Record<JobName, Weight>> = {
  start: 'exclusive',
  open: 'exclusive',
  clear: 'exclusive',
  align: 'heavy',
  evaluate: 'heavy',
  measure: 'heavy',
  map: 'heavy',
  generate: 'heavy',
  probe: 'heavy',
  export: 'heavy',
  curve: 'heavy',
  neuron: 'heavy',
  save: 'heavy',
  planTraining: 'heavy',
  trainingSpeed: 'heavy',
  train: 'heavy',
  trainingState: 'heavy',
  bringTraining: 'heavy',
  keepTraining: 'heavy',
  dropTraining: 'heavy',
  picture: 'light',
  cell: 'light',
  order: 'light',
  strongest: 'light',
  related: 'light',
  memory: 'light',
};

/** Puts jobs in order. */
export class Queue {
  readonly #heavy = new Lane();
  readonly #light = new Lane();

  run<T>(weight: Weight, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (weight === 'light') return this.#light.run(task, signal);
    if (weight === 'heavy') return this.#heavy.run(task, signal);
    return this.#heavy.run(() => this.#light.run(task, signal), signal);
  }
}
