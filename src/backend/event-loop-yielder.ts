import { macrotask } from '../macrotask';

/** Work done between two visits to the event loop, in milliseconds: about a frame. */
const SLICE_MS = 16;

/** For a backend whose operations run at once: lets messages through every so often. */
export class Breath {
  #last = performance.now();

  async take(): Promise<void> {
    if (performance.now() - this.#last < SLICE_MS) return;
    await macrotask();
    this.#last = performance.now();
  }
}
