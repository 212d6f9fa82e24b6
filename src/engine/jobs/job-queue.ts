import type { JobName } from '.';
import { SerialQueue } from './serial-queue';

/**
 * How a job shares the device. `heavy` jobs run one at a time. `light` jobs run one at a time too, but also while a heavy job
 * yields; so do `beside` jobs, which take long. `exclusive` jobs replace the workspace, so they run alone. `free` jobs do not use
 * the device and run at once.
 */
export type Weight = 'heavy' | 'light' | 'beside' | 'exclusive' | 'free';

export const WEIGHTS: Readonly<Record<JobName, Weight>> = {
  start: 'exclusive',
  open: 'exclusive',
  clear: 'exclusive',
  lookUp: 'free',
  kept: 'free',
  freeKept: 'free',
  align: 'heavy',
  forecast: 'heavy',
  evaluate: 'heavy',
  measure: 'heavy',
  map: 'heavy',
  null: 'heavy',
  twin: 'heavy',
  shuffled: 'heavy',
  generate: 'heavy',
  probe: 'heavy',
  export: 'heavy',
  savedLoss: 'heavy',
  curve: 'heavy',
  neuron: 'heavy',
  save: 'heavy',
  planTraining: 'heavy',
  trainingSpeed: 'heavy',
  prepareTraining: 'beside',
  evaluateStart: 'beside',
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
  readonly #beside = new SerialQueue();

  run<T>(weight: Weight, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (weight === 'free') return task();
    if (weight === 'light') return this.#light.run(task, signal);
    if (weight === 'heavy') return this.#heavy.run(task, signal);
    if (weight === 'beside') return this.#beside.run(task, signal);
    return this.#runAlone(task, signal);
  }

  /** Queues for heavy and beside jobs at once, so that neither kind, asked for later, runs before this one. */
  async #runAlone<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const turns = [this.#heavy, this.#beside].map(
      (queue) =>
        new Promise<void>((ready, refuse) => {
          const hold = (): Promise<void> => {
            ready();
            return released;
          };
          queue.run(hold, signal).catch(refuse);
        }),
    );
    try {
      await Promise.all(turns);
      return await this.#light.run(task, signal);
    } finally {
      release();
    }
  }
}
