import { decodeText } from '../../checkpoint/json';
import { refusal, request, STALL_MS } from '../../checkpoint/request';
import { readBody, withRetries } from '../../checkpoint/response';

/** Largest text that the page reads at once. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Returns a text that is served with the page. A busy or interrupted server is asked up to three times.
 * @throws SourceError if it is refused, too long, or nothing comes; CheckpointError if it is not UTF-8.
 */
export async function fetchedText(url: string, signal: AbortSignal | undefined): Promise<string> {
  const bytes = await withRetries(signal, async () => {
    const response = await request(url, {}, undefined, signal);
    if (!response.ok) throw await refusal(response, url, {});
    return readBody(response, url, { atMost: MAX_BYTES }, { stallMs: STALL_MS });
  });
  return decodeText(bytes, url);
}
