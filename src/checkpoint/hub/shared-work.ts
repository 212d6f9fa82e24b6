/** Work that several callers wait for. It is aborted once all of them have gone. */
export class SharedWork<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = Promise.resolve().then(() => work(this.#controller.signal));
    // A caller that has gone does not see the failure.
    this.#result.catch(() => undefined);
  }

  /** True once nobody waits for it any more. */
  get aborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Returns the result. @throws the signal's reason as soon as it is aborted; errors of the work. */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    this.#waiting++;
    // A signal of its own, because Node warns of a signal that more than ten listen to.
    const leaving = signal && AbortSignal.any([signal]);
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
      leaving?.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([this.#result, left]);
    } finally {
      if (leave !== undefined) leaving?.removeEventListener('abort', leave);
      if (--this.#waiting === 0 && signal?.aborted === true) this.#controller.abort(signal.reason);
    }
  }
}
