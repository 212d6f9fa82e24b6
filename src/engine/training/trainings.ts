import { RequestError } from '../jobs/errors';
import type { Training } from './training';
import type { CacheKey } from '../workspace/workspace';

interface Lost {
  readonly key: string;
  readonly state: Uint8Array;
}

/** Arms in training on one device, by name, and the last finite states of arms from a lost device. */
export class Trainings {
  readonly #held = new Map<string, Training>();
  readonly #lost: ReadonlyMap<string, Lost>;

  constructor(lost: ReadonlyMap<string, Lost> = new Map()) {
    this.#lost = lost;
  }

  /** The states from which another device can continue. */
  get states(): ReadonlyMap<string, Lost> {
    const states = new Map(this.#lost);
    for (const [arm, { key, run }] of this.#held)
      if (run.lastGoodState) states.set(arm, { key, state: run.lastGoodState });
    return states;
  }

  get(arm: string): Training | undefined {
    return this.#held.get(arm);
  }

  /** @throws RequestError if the arm is not in training. */
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

  /** Returns the state that the arm had on a lost device, if its key is the same. */
  lostState(arm: string, key: string): Uint8Array | undefined {
    const found = this.#lost.get(arm);
    return found?.key === key ? found.state : undefined;
  }

  /** Frees an arm; does nothing if it is not in training. */
  drop(arm: string): void {
    this.#held.get(arm)?.free();
    this.#held.delete(arm);
  }

  clear(): void {
    for (const training of this.#held.values()) training.free();
    this.#held.clear();
  }
}

/** The workspace's arms in training. On a new device they continue from their last finite states. */
export const trainings: CacheKey<Trainings, Trainings['states']> = {
  make: (_, lost) => new Trainings(lost),
  clear: (arms) => arms.clear(),
  carry: (arms) => arms.states,
};
