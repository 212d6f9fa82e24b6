import { ChangedFileError, SourceError } from './errors';
import { OfflineError, RateLimitError, TransientError, discard, waitOf } from './response';
import type { Transfer } from './transfer';

/** Gives up on a server that has sent nothing for this many milliseconds. */
export const STALL_MS = 30_000;

export interface RequestOptions {
  /** Sent as a bearer token; fetch drops it when a redirect leaves the host. */
  readonly token?: string | undefined;
  /** Counts what is read. */
  readonly transfer?: Transfer | undefined;
  /** How long a server may send nothing, in milliseconds; default 30,000. */
  readonly stallMs?: number | undefined;
  /** Returns the error of a refused request if the server is of a known kind. */
  readonly refusalOf?: ((response: Response) => SourceError | undefined) | undefined;
}

/**
 * Requests a URL, or a range of its bytes.
 * @throws TransientError if there is no answer, or the server is busy or failing.
 */
export async function request(
  url: string,
  options: RequestOptions,
  range: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers = new Headers();
  if (range !== undefined) headers.set('Range', range);
  if (options.token !== undefined) headers.set('Authorization', `Bearer ${options.token}`);
  const silence = new AbortController();
  const stallMs = options.stallMs ?? STALL_MS;
  const timer = setTimeout(() => silence.abort(), stallMs);
  let response: Response;
  try {
    const signals = signal === undefined ? [silence.signal] : [signal, silence.signal];
    // A browser that has the whole file compressed in its cache would cut the range from the compressed bytes.
    const cache = range === undefined ? 'default' : 'no-store';
    response = await fetch(url, { headers, cache, signal: AbortSignal.any(signals) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw noAnswer(url, silence.signal.aborted ? stallMs : undefined, cause);
  } finally {
    clearTimeout(timer);
  }
  if (response.status >= 500 || response.status === 429) throw await refusal(response, url, options);
  return response;
}

function noAnswer(url: string, stalledMs: number | undefined, cause: unknown): TransientError {
  if (stalledMs !== undefined) {
    return new TransientError(
      `${url}: expected an answer, got none in ${stalledMs / 1000} s. Try again in a while.`,
      { cause },
    );
  }
  if (globalThis.navigator?.onLine === false) {
    return new OfflineError(
      `${url}: expected an answer, got none: this browser is offline. Connect and try again.`,
      { cause },
    );
  }
  return new TransientError(
    `${url}: expected an answer, got none. Check the connection and that the server lets other pages read its files (CORS).`,
    { cause },
  );
}

/** Returns the error of an answer that is not the file. */
export async function refusal(
  response: Response,
  url: string,
  options: RequestOptions,
): Promise<SourceError> {
  await discard(response);
  const known = options.refusalOf?.(response);
  if (known !== undefined) return known;
  const { status } = response;
  const got = (next: string) => `${url}: expected the file, got status ${status}. ${next}`;
  if (status === 429) {
    const waitMs = waitOf(response);
    const when = waitMs === undefined ? 'in a while' : `in ${Math.ceil(waitMs / 1000)} s`;
    return new RateLimitError(got(`The server has had too many requests from here: try again ${when}.`), {
      waitMs,
    });
  }
  if (status >= 500) {
    return new TransientError(got('The server is busy or failing: try again in a while.'), {
      waitMs: waitOf(response),
    });
  }
  if (status === 401 || status === 403) {
    return new SourceError(
      got('The address needs permission, or does not exist: download the files and open the folder instead.'),
    );
  }
  if (status === 404 || status === 410)
    return new ChangedFileError(got('The file is gone: open the model again.'));
  if (status === 416) {
    return new ChangedFileError(
      got('The file is shorter than it was when it was opened: open the model again.'),
    );
  }
  return new SourceError(got('Check the address.'));
}
