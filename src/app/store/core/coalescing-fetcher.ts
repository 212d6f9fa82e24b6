/**
 * Fetches what is wanted, one request at a time. While one is in flight newer wishes replace each other, so that only the
 * latest is asked for next: a fast pointer or a fast solve never builds a queue.
 */
export class CoalescingFetcher<Request, Result> {
  #running: { readonly request: Request; readonly abort: AbortController } | undefined;
  #wanted: Request | undefined;
  readonly #fetch: (request: Request, signal: AbortSignal) => Promise<Result>;
  readonly #settle: (request: Request, result: Result | undefined, error: unknown) => void;

  /** @param settle takes every result, or undefined and the error; it may call `want` again. */
  constructor(
    fetch: (request: Request, signal: AbortSignal) => Promise<Result>,
    settle: (request: Request, result: Result | undefined, error: unknown) => void,
  ) {
    this.#fetch = fetch;
    this.#settle = settle;
  }

  /** The request in flight. */
  get running(): Request | undefined {
    return this.#running?.request;
  }

  /** Gives up the request in flight, where waiting for its end would take long. `settle` gets its AbortError. */
  abort(): void {
    this.#running?.abort.abort();
  }

  /** Replaces the wish; undefined wants nothing more. */
  request(request: Request | undefined): void {
    this.#wanted = request;
    if (this.#running === undefined) void this.#next();
  }

  async #next(): Promise<void> {
    const request = this.#wanted;
    this.#wanted = undefined;
    if (request === undefined) return;
    const abort = new AbortController();
    this.#running = { request, abort };
    let result: Result | undefined;
    let failure: unknown;
    try {
      result = await this.#fetch(request, abort.signal);
    } catch (error) {
      failure = error;
    }
    this.#running = undefined;
    this.#settle(request, result, failure);
    if (this.#running === undefined && this.#wanted !== undefined) void this.#next();
  }
}
