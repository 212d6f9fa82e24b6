import { allocated } from './allocated';
import { SourceError } from './errors';

/** Milliseconds of waiting before the second and the third try. */
const DELAYS = [200, 800];
/** A server that asks for a longer wait is not asked again. */
const LONGEST_WAIT_MS = 30_000;

/** An error that a retry may solve: no answer, a busy server, an interrupted body. */
export class TransientError extends SourceError {
  /** How long the server asks to wait, if it says. */
  readonly waitMs: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly waitMs?: number | undefined } = {}) {
    super(message, options);
    this.waitMs = options.waitMs;
  }
}

/** A server has answered as many requests as it grants for now (status 429). */
export class RateLimitError extends TransientError {
  override name = 'RateLimitError';
}

/** The browser has no connection. */
export class OfflineError extends TransientError {
  override name = 'OfflineError';
}

/**
 * Runs `work`, and again while it throws TransientError, up to three times. Between tries it waits as long as the server asks.
 * @param onWait called with the milliseconds before each wait that a server asked for.
 * @throws the last error of `work`, or the signal's reason.
 */
export async function withRetries<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  onWait?: (milliseconds: number) => void,
): Promise<T> {
  for (const delay of [...DELAYS, undefined]) {
    signal?.throwIfAborted();
    let wait = delay;
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (delay === undefined || !(error instanceof TransientError)) throw error;
      if (error.waitMs !== undefined) {
        if (error.waitMs > LONGEST_WAIT_MS) throw error;
        wait = Math.max(delay, error.waitMs);
        onWait?.(wait);
      }
    }
    await pause(wait ?? 0, signal);
  }
  throw new SourceError('expected at least one try, got none.');
}

/**
 * Returns how long a refused request should wait, in milliseconds, from Retry-After or the RateLimit header of the Hub
 * (`"api";r=0;t=55`, IETF draft httpapi-ratelimit-headers-09); undefined if the server does not say.
 */
export function waitOf({ headers }: Response): number | undefined {
  const after = headers.get('Retry-After');
  if (after !== null && /^\d+$/.test(after.trim())) return 1000 * Number(after);
  const date = after === null ? Number.NaN : Date.parse(after);
  if (Number.isFinite(date)) return Math.max(0, date - Date.now());
  const left = /;\s*r\s*=\s*0\s*;\s*t\s*=\s*(\d+)/.exec(headers.get('RateLimit') ?? '')?.[1];
  return left === undefined ? undefined : 1000 * Number(left);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** How a body is read. */
interface BodyOptions {
  /** Gives up when nothing has come for this many milliseconds. */
  readonly stallMs?: number | undefined;
  /** Called with the size of each part as it comes. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Reads a body of a known length or up to a limit.
 * @throws TransientError if it ends early or nothing comes any more; SourceError if it is too long.
 */
export async function readBody(
  response: Response,
  url: string,
  limit: { exactly: number } | { atMost: number },
  { stallMs, onBytes }: BodyOptions = {},
): Promise<Uint8Array> {
  const known = 'exactly' in limit ? limit.exactly : undefined;
  const most = 'exactly' in limit ? limit.exactly : limit.atMost;
  const parts: Uint8Array[] = [];
  const target = known === undefined ? undefined : allocated(url, known);
  let received = 0;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const part = (await nextPart(reader, stallMs))?.value;
      if (part === undefined) break;
      if (received + part.byteLength > most) {
        await reader?.cancel().catch(() => undefined);
        throw new SourceError(
          `${url}: expected at most ${most} bytes, got more. Use a server that answers ranges, or download the files and open the folder.`,
        );
      }
      if (target === undefined) parts.push(part);
      else target.set(part, received);
      received += part.byteLength;
      onBytes?.(part.byteLength);
    }
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    throw cutOff(url, known, received, cause);
  }
  if (known !== undefined && received < known) throw cutOff(url, known, received);
  return target ?? joined(parts, received);
}

/** Returns the next part of a body. @throws Error if none comes for `stallMs`. */
async function nextPart(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  stallMs: number | undefined,
): Promise<ReadableStreamReadResult<Uint8Array> | undefined> {
  if (reader === undefined || stallMs === undefined) return reader?.read();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`nothing came for ${stallMs} ms`));
      void reader.cancel().catch(() => undefined);
    }, stallMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

function cutOff(url: string, known: number | undefined, received: number, cause?: unknown): TransientError {
  return new TransientError(
    `${url}: expected ${known ?? 'the whole file’s'} bytes, got ${received} before the answer was cut off. Check the connection and try again.`,
    { cause },
  );
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Returns the total size from Content-Range, or undefined if the server omits it or CORS hides it. */
export function totalSize(response: Response): number | undefined {
  const total = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

/** Cancels a body that is not read. */
export async function discard(response: Response): Promise<void> {
  // `cancel` rejects if the body has already failed.
  await response.body?.cancel().catch(() => undefined);
}
