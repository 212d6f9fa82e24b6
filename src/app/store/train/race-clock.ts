import type { JobEvent } from '../../../engine/jobs';
import { hasZeroStart } from '../../methods/zero-start';
import type { Race, Run } from '../state/race';
import { stepsBetween } from './forecast';
import { hasStart } from './group-training';
import { isFinished } from './groups';
import { MeanTime } from './mean-time';
import { now } from '../../../now';

/**
 * Times the steps, measurements and preparations of a race as they pass on this device, with all waiting, and estimates from
 * them how long the rest takes.
 */
export class RaceClock {
  /** Of a step, by arm. */
  readonly #steps = new Map<string, MeanTime>();
  readonly #measuring = new MeanTime();
  readonly #preparing = new MeanTime();
  readonly #prepared = new Set<string>();
  #expectedMeasuring: number | undefined;

  /** The time that a measurement is expected to take, until one was timed. */
  expectMeasurement(ms: number): void {
    this.#expectedMeasuring = ms;
  }

  /** Begins a turn of an arm. The returned function takes the turn's events: each took the time since the one before. */
  turn(arm: string): (event: JobEvent) => void {
    let last = now();
    const steps = this.#steps.get(arm) ?? new MeanTime();
    this.#steps.set(arm, steps);
    return ({ type }) => {
      const time = now();
      if (type === 'step') steps.add(time - last);
      if (type === 'evaluation') this.#measuring.add(time - last);
      // A sample belongs to the evaluation before it.
      if (type === 'sample') this.#measuring.extend(time - last);
      last = time;
    };
  }

  /** A run was made on the device. */
  prepared(run: string, ms: number): void {
    this.#prepared.add(run);
    this.#preparing.add(ms);
  }

  /** Estimated ms until the race has finished; undefined while a step or a measurement has no time yet. */
  remaining({ runs, arms, evaluations }: Pick<Race, 'runs' | 'arms' | 'evaluations'>): number | undefined {
    const measuring = this.#measuring.ms ?? this.#expectedMeasuring;
    let sum = 0;
    for (const run of runs.filter((each) => !isFinished(each))) {
      const recipe = arms.find(({ id }) => id === run.arm)?.recipe;
      const every = stepsBetween(run.steps, evaluations);
      const measured = run.evaluations.filter(({ step }) => step > 0).length;
      // The start of arms with a zero start is that of the base, which is measured once.
      const start = hasStart(run) || (recipe !== undefined && hasZeroStart(recipe)) ? 0 : 1;
      const measurements = start + Math.max(0, Math.ceil(run.steps / every) - measured);
      const step = this.#stepMs(run, runs);
      if (step === undefined || (measuring === undefined && measurements > 0)) return undefined;
      const preparing = this.#prepared.has(run.name) ? 0 : (this.#preparing.ms ?? 0);
      sum += (run.steps - run.losses.length) * step + measurements * (measuring ?? 0) + preparing;
    }
    return sum;
  }

  /** Time of a step of a run: that of its arm, else of the others, in proportion to the cost of a step where both are known. */
  #stepMs({ arm, facts }: Run, runs: readonly Run[]): number | undefined {
    const own = this.#steps.get(arm)?.ms;
    if (own !== undefined) return own;
    const others = [...this.#steps].flatMap(([other, { ms }]) => {
      const cost = runs.find((run) => run.arm === other && run.facts !== undefined)?.facts?.stepCost;
      return ms === undefined ? [] : [facts && cost ? (ms * facts.stepCost) / cost : ms];
    });
    return others.length === 0 ? undefined : others.reduce((sum, ms) => sum + ms, 0) / others.length;
  }
}
