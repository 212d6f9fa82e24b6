import { macrotask } from '../macrotask';

/** Milliseconds between two yields: about a frame. */
const SLICE_MS = 16;

/** Lets the event loop handle messages between operations, for a backend whose operations block the thread. */
export class EventLoopYielder {
  #last = performance.now();

  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#last < SLICE_MS) return;
    await macrotask();
    this.#last = performance.now();
  }
}
