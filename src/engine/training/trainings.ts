import { RequestError } from '../jobs/errors';
import type { Training } from './training';
import type { CacheKey } from '../workspace/workspace';

interface Lost {
  readonly key: string;
  readonly state: Uint8Array;
}

/** The arms in training on one device, by name, and the last sound states of those that went with a lost one. */
export class Trainings {
  readonly #held = new Map<string, Training>();
  readonly #lost: ReadonlyMap<string, Lost>;

  constructor(lost: ReadonlyMap<string, Lost> = new Map()) {
    this.#lost = lost;
  }

  /** What another device needs to go on with. */
  get states(): ReadonlyMap<string, Lost> {
    const states = new Map(this.#lost);
    for (const [arm, { key, run }] of this.#held) if (run.lastGoodState) states.set(arm, { key, state: run.lastGoodState });
    return states;
  }

  get(arm: string): Training | undefined {
    return this.#held.get(arm);
  }

  /** @throws RequestError for an arm that is not here. */
  require(arm: string): Training {
    const found = this.#held.get(arm);
    if (found) return found;
    const names = [...this.#held.keys()].join(', ') || 'none';
    throw new RequestError(
      `expected an arm in training (${names}), got ${JSON.stringify(arm)}. Train it first.`,
    );
  }

  add(arm: string, training: Training): void {
    this.#held.set(arm, training);
  }

  /** The state that an arm had on a lost device. */
  lostState(arm: string, key: string): Uint8Array | undefined {
    const found = this.#lost.get(arm);
    return found?.key === key ? found.state : undefined;
  }

  /** Forgets an arm. One that is not here is none. */
  drop(arm: string): void {
    this.#held.get(arm)?.free();
    this.#held.delete(arm);
  }

  clear(): void {
    for (const training of this.#held.values()) training.free();
    this.#held.clear();
  }
}

/** The arms in training on a workspace. They go on from their last sound states on a new device. */
export const trainings: CacheKey<Trainings, Trainings['states']> = {
  make: (_, lost) => new Trainings(lost),
  clear: (arms) => arms.clear(),
  carry: (arms) => arms.states,
};
