import { macrotask } from '../macrotask';
import { now } from '../now';

/** Milliseconds between two yields: about a frame. */
const SLICE_MS = 16;

/** Lets the event loop handle messages between operations, for a backend whose operations block the thread. */
export class EventLoopYielder {
  #last = now();

  async yieldIfDue(): Promise<void> {
    if (now() - this.#last < SLICE_MS) return;
    await macrotask();
    this.#last = now();
  }
}
