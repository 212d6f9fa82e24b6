import { CheckpointError } from './errors';
import type { ByteSource } from './source';

/** Largest text file. tokenizer.json of a large vocabulary has about 30 MB. */
const MAX_TEXT_BYTES = 256 * 2 ** 20;

/**
 * Reads a whole file as text.
 * @throws CheckpointError if it is not UTF-8 or too large; SourceError from the source.
 */
export async function readText(source: ByteSource, signal?: AbortSignal): Promise<string> {
  if (source.size > MAX_TEXT_BYTES) {
    throw new CheckpointError(
      `${source.name}: expected a text file of at most ${MAX_TEXT_BYTES} bytes, got ${source.size}. Fetch the file again.`,
    );
  }
  return decodeText(await source.read(0, source.size, signal), source.name);
}

/** @throws CheckpointError if the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CheckpointError(`${name}: expected UTF-8 text, got other bytes. Fetch the file again.`, {
      cause,
    });
  }
}

/** @throws CheckpointError with the parser's reason. */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(
      `${name}: expected JSON, got text that is not (${reason}). Fetch the file again, or correct it.`,
      {
        cause,
      },
    );
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns the first duplicate key within an object of `json`, or undefined. `JSON.parse` silently uses the last of the two and
 * other readers the first, so they would read different checkpoints. `json` must be valid JSON.
 */
export function duplicateKey(json: string): string | undefined {
  /** One entry per open bracket: the keys of an object, undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = stringEnd(json, at);
      let next = end;
      while (json.charCodeAt(next) <= 0x20) next++;
      if (json[next] === ':') {
        const key = String(JSON.parse(json.slice(at, end)));
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Returns the index after the string that starts at `start`. A loop, because a regular expression would overflow its stack. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
