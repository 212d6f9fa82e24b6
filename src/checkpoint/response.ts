import { SourceError } from './errors';

/** Milliseconds of waiting before the second and the third try. */
const DELAYS = [200, 800];

/** An error that a retry may solve: no answer, a busy server, an interrupted body. */
export class TransientError extends SourceError {}

/**
 * Runs `work`, and again while it throws TransientError, up to three times.
 * @throws the last error of `work`, or the signal's reason.
 */
export async function withRetries<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  for (const delay of [...DELAYS, undefined]) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (delay === undefined || !(error instanceof TransientError)) throw error;
    }
    await pause(delay, signal);
  }
  throw new SourceError('expected at least one try, got none.');
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

/**
 * Reads a body of a known length or up to a limit.
 * @throws TransientError if it ends early; SourceError if it is too long.
 */
export async function readBody(
  response: Response,
  url: string,
  limit: { exactly: number } | { atMost: number },
): Promise<Uint8Array> {
  const known = 'exactly' in limit ? limit.exactly : undefined;
  const most = 'exactly' in limit ? limit.exactly : limit.atMost;
  const parts: Uint8Array[] = [];
  const target = known === undefined ? undefined : new Uint8Array(known);
  let received = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      if (received + part.value.byteLength > most) {
        await reader?.cancel().catch(() => undefined);
        throw new SourceError(
          `${url}: expected at most ${most} bytes, got more. Use a server that answers ranges, or download the files and open the folder.`,
        );
      }
      if (target === undefined) parts.push(part.value);
      else target.set(part.value, received);
      received += part.value.byteLength;
    }
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    throw cutOff(url, known, received, cause);
  }
  if (known !== undefined && received < known) throw cutOff(url, known, received);
  return target ?? joined(parts, received);
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
