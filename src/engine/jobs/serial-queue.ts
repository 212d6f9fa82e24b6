import { abortError, throwIfAborted } from './errors';

/** Runs tasks one at a time, first in, first out. A task cancelled while it waits never starts. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    const turn = this.#tail;
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    // A cancelled task rejects at once, but later tasks still wait for earlier ones.
    this.#tail = turn.then(() => done);
    try {
      await raceAbort(turn, signal);
      throwIfAborted(signal);
      return await task();
    } finally {
      finish();
    }
  }
}

async function raceAbort(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) {
    await promise;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(abortError());
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
