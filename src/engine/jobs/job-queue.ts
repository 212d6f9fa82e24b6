import type { JobName } from '.';
import { SerialQueue } from './serial-queue';

/**
 * How a job shares the device. `heavy` jobs run one at a time. `light` jobs run one at a time too, but also while a heavy job
 * yields. `exclusive` jobs replace the workspace, so they run alone.
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
  bandwidth: 'heavy',
  picture: 'light',
  cell: 'light',
  order: 'light',
  strongest: 'light',
  related: 'light',
  memory: 'light',
  device: 'light',
  timeKernels: 'light',
};

/** Runs jobs in the order that their weights allow. */
export class JobQueue {
  readonly #heavy = new SerialQueue();
  readonly #light = new SerialQueue();

  run<T>(weight: Weight, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (weight === 'light') return this.#light.run(task, signal);
    if (weight === 'heavy') return this.#heavy.run(task, signal);
    return this.#heavy.run(() => this.#light.run(task, signal), signal);
  }
}
