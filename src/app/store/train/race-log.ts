import type { JobEvent, TrainResult } from '../../../engine/jobs';
import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { Race, Run, WithRace } from '../state/race';

import { RaceClock } from './race-clock';

type Needs = WithRace;

/** Interval of updates to the store: short enough to look live, long enough not to slow the page. */
const PUBLISH_MS = 120;

type RunChange = Partial<Run> | ((run: Run) => Partial<Run>);

/** Collects the progress of a race's runs and publishes it to the store at intervals. */
export class RaceLog {
  #race: Race;
  readonly #store: Store<Needs>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Times of this visit. */
  readonly clock = new RaceClock();

  constructor(store: Store<Needs>, race: Race) {
    this.#store = store;
    this.#race = race;
    this.publish();
  }

  get race(): Race {
    return this.#race;
  }

  run(name: string): Run | undefined {
    return this.#race.runs.find((run) => run.name === name);
  }

  /** Goes on with an earlier state of the race. */
  replace(race: Race): void {
    this.#race = race;
  }

  updateRun(name: string, change: RunChange): void {
    const runs = this.#race.runs.map((run) =>
      run.name === name ? { ...run, ...(typeof change === 'function' ? change(run) : change) } : run,
    );
    this.#race = { ...this.#race, runs };
    this.#timer ??= setTimeout(() => this.publish(), PUBLISH_MS);
  }

  /** Records a training event. Steps repeated after an interruption replace the first ones. */
  record(event: JobEvent): void {
    if (event.type === 'step') {
      const { step, loss, gradientNorms } = event.step;
      this.updateRun(event.arm, ({ losses, gradients }) => ({
        losses: [...losses.slice(0, step - 1), loss],
        gradients: Object.fromEntries(
          Object.entries(gradientNorms).map(([name, norm]) => [
            name,
            [...(gradients[name] ?? []).slice(0, step - 1), Number(norm.toPrecision(4))],
          ]),
        ),
      }));
    }
    if (event.type === 'kept') this.updateRun(event.arm, { keptStep: event.step });
    if (event.type === 'evaluation') {
      const { evaluation } = event;
      this.updateRun(event.arm, ({ evaluations }) => ({
        evaluations: placed(evaluations, evaluation),
      }));
    }
    if (event.type === 'sample') {
      const { step, text } = event;
      this.updateRun(event.arm, ({ samples }) => ({
        samples: placed(samples, { step, text }),
      }));
    }
  }

  /** Records the result of a turn; it replaces what the events reported. */
  recordResult(name: string, result: TrainResult): void {
    const { losses, evaluations, done, diverged, stepMs, stepCost, trainable, parameters } = result;
    const { keptStep } = result;
    const { layers, newLayers, memory, texts } = result;
    this.updateRun(name, (run) => ({
      losses,
      evaluations,
      status: diverged === undefined ? (done ? 'done' : 'paused') : 'diverged',
      facts: {
        stepMs: stepMs ?? run.facts?.stepMs ?? null,
        stepCost,
        trainable,
        parameters,
        layers,
        newLayers,
        memory,
        texts,
      },
      ...(keptStep === undefined ? {} : { keptStep }),
      ...(diverged === undefined ? {} : { problem: diverged }),
    }));
  }

  /** Writes the current race to the store now. */
  publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    patch(this.#store, 'race', { race: this.#race, remainingMs: this.clock.remaining(this.#race) });
  }
}

/** Adds what was found at a step. It replaces later ones, of before an interruption; but the start may be evaluated last. */
function placed<T extends { readonly step: number }>(known: readonly T[], found: T): T[] {
  const start = found.step === 0;
  const others = known.filter(({ step }) => (start ? step > 0 : step < found.step));
  return start ? [found, ...others] : [...others, found];
}
