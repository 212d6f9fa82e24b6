/**
 * Sends one request at a time. While one is in flight, only the newest of the later requests is kept and sent next, so
 * that a fast pointer or a fast solve never builds a queue.
 */
export class CoalescingFetcher<Request, Result> {
  #running: { readonly request: Request; readonly abort: AbortController } | undefined;
  #wanted: Request | undefined;
  readonly #fetch: (request: Request, signal: AbortSignal) => Promise<Result>;
  readonly #settle: (request: Request, result: Result | undefined, error: unknown) => void;

  /** @param settle receives every result, or undefined and the error; it may call `request` again. */
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

  /** Aborts the request in flight; `settle` receives its AbortError. */
  abort(): void {
    this.#running?.abort.abort();
  }

  /** Replaces the pending request; undefined clears it. */
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
